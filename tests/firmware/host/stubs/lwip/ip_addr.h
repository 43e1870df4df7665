// Empty: only named by the headers that the tests read.
