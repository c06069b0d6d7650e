// How this process deals with the system's memory.
#pragma once

namespace nextkey {

// Keeps what is freed, up to blocks of 32 MB, for what is asked for next: a search asks for as much as it
// frees, and a page that the system takes back and gives again costs a microsecond. For a program, once, when
// it begins. Does nothing where the C library is not glibc.
void KeepFreedMemory();

}  // namespace nextkey
