package ledgertest

import "syscall"

// dieWithUs has the system stop the server if the test ends without its clean-up, as by its timeout.
func dieWithUs(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGQUIT }
