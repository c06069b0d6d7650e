/* The stock race for SPIN: each buyer begins, reads the stock, writes what is left, commits. A write
   waits for the row's owner; it is seen by others once it is committed. */
#ifndef BUYERS
#define BUYERS 7
#endif
#define STOCK 3

byte stock = STOCK; /* As committed. */
byte written;       /* By the row's owner. */
byte owner;         /* 0: nobody. */
byte sold;

active [BUYERS] proctype buyer() {
  byte seen;
  skip; /* BEGIN */
  atomic { /* SELECT, and what the application makes of it. */
    seen = stock;
    if
    :: seen < 1 -> goto refused
    :: else
    fi
  }
  atomic { /* UPDATE */
    owner == 0 -> owner = _pid + 1;
    written = seen - 1
  }
  d_step { /* COMMIT */
    stock = written;
    owner = 0;
    sold++
  }
  goto end;
refused:
  skip; /* ROLLBACK */
end:
  false /* Not to be gone: leaving would be a step more. */
}
