// A user's program: two sessions on a simulated server, the second waits for the first.
#include <cstdio>

#include "txn/server.h"
#include "txn/sql/parser.h"

int main() {
  nextkey::Server server;
  const nextkey::SessionId one = server.Connect(), two = server.Connect();
  const auto run = [&](nextkey::SessionId session, const char* text) {
    server.Execute(session, std::get<nextkey::sql::StatementRef>(nextkey::sql::ParseStatement(text)));
  };
  run(one, "create table seat (id int primary key, status char(1))");
  run(one, "insert into seat values (1, 'N')");
  run(one, "begin");
  run(one, "select * from seat where id = 1 for update");
  run(two, "update seat set status = 'Y' where id = 1");
  std::printf("two waits: %s\n", server.IsWaiting(two) ? "yes" : "no");
  run(one, "commit");
  std::printf("two waits: %s\n", server.IsWaiting(two) ? "yes" : "no");
}
