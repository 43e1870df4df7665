// Empty: the board is named on the command line.
