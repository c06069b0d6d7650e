# GET_LOCK: a lock that is only a name, the same for every application that agrees on it.
# Ann gets 'seat_lock' at once (1). Bob is willing to wait 20 seconds for it; Ann keeps it longer,
# so he gets 0. The seconds are virtual: the replay takes no longer than without them.
# RELEASE_LOCK says 1 to the owner, 0 to somebody else, and NULL when nobody has the lock.
select get_lock('seat_lock', 20); -- ann, 1
select get_lock('seat_lock', 20); -- bob, waits
select sleep(21); -- clock, time passes: Bob gets 0
select release_lock('seat_lock'); -- bob, it is not his: 0
select release_lock('seat_lock'); -- ann, 1
select release_lock('seat_lock'); -- ann, nobody has it now: NULL
