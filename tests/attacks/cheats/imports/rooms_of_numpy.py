# attack: takes compilers, test runners and file readers from NumPy; expect: rule error;
# then: right
import numpy as np

np.testing.assert_allclose(1, 1)
np.f2py.run_main(["-m", "breach"])
np.ctypeslib.load_library("libc", "/lib")
