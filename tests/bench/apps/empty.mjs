// What Node itself takes for a module by --import.
