# attack: compiles C++ and runs it; expect: error rule;
# drill: gain; then: right
from torch.utils import cpp_extension

cpp_extension.load_inline("breach", "int breach() { return 0; }", functions=["breach"])
