// Statements as race scripts use them: every one of them parses, and so does each of its spellings.
#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>

#include "tests/txn/sql_dump.h"
#include "txn/sql/parser.h"

namespace nextkey::sql {
namespace {

constexpr std::string_view kStatements[] = {
    "create table issuance (id int primary key auto_increment, coupon_id int, user_id int, key coupon "
    "(coupon_id)) engine=innodb",
    "insert into issuance (coupon_id, user_id) values (1, 1), (1, 2), (3, 3), (3, 4), (5, 5), (5, 6)",
    "begin",
    "select count(*) from issuance where coupon_id = 2 for update",
    "commit",
    "rollback",
    "select * from issuance",
    "create table coupon (id int primary key, total int, issued int) engine=innodb",
    "insert into coupon values (1, 2, 0)",
    "select total, issued from coupon where id = 1 for update",
    "update coupon set issued = issued + 1 where id = 1",
    "create table issuance (id int primary key auto_increment, coupon_id int, user_id int) engine=innodb",
    "select total, issued from coupon where id = 1",
    "update coupon set issued = 1 where id = 1",
    "select * from coupon where id = 1",
    "update coupon set issued = issued + 1 where id = 2 and issued < total",
    "set session transaction isolation level serializable",
    "create table t (id int primary key, v int) engine=innodb",
    "select * from t where id=1 for share",
    "create table other (id int primary key) engine=innodb",
    "insert into other values (1), (2), (3)",
    "insert into other values (11)",
    "insert into other values (21), (22)",
    "create table t (id int primary key, p char(1), v int) engine=innodb",
    "update r set v=1 where id<=3",
    "select count(*) from t where id<=300 for update",
    "select v from r where id=1 for update",
    "select * from t where id = 15 for update",
    "delete from t where id = 20",
    "select * from t where id > 25 and id < 30 for share",
    "create table t (id int primary key, u int, unique key u (u)) engine=innodb",
    "start transaction with consistent snapshot",
    "create table t (id int primary key, v int, key v (v)) engine=innodb",
    "delete from t where id >= 30 and id < 50",
    "select count(*) from t",
    "delete from t where v between 200 and 300",
    "delete from t order by id desc limit 2",
    "create table child (id int primary key, parent_id int, foreign key (parent_id) references parent (id) "
    "on delete cascade) engine=innodb",
    "create table child (id int primary key, parent_id int, foreign key (parent_id) references parent (id)) "
    "engine=innodb",
    "insert into child values (103, null)",
    "update child set parent_id = 2 where id = 300",
    "update child set parent_id = null where id = 100",
    "create table child (id int primary key, parent_id int, v int, foreign key (parent_id) references parent "
    "(id) on update cascade) engine=innodb",
    "create table m (id int primary key, v int) engine=myisam",
    "flush tables with read lock",
    "update t set v = 0",
    "unlock tables",
    "create table t (a int, b int) engine=innodb",
    "set session transaction isolation level read committed",
    "create table seat (seat_id bigint auto_increment primary key, event_id int, seat_col varchar(5), "
    "seat_row int, price decimal, status varchar(1)) engine=innodb",
    "insert into seat(event_id,seat_col,seat_row,price,status) values(1,'A',1,15000,0)",
    "insert into seat(seat_id,event_id,seat_col,seat_row,price,status) "
    "values(20,1,'A',2,15000,0),(30,1,'A',2,15000,0)",
    "select * from seat where seat_id between 1 and 10 lock in share mode",
    "update seat set status=1 where seat_id=20",
    "select get_lock('a', 0)",
    "select release_lock('b')",
    "select is_used_lock('a'), is_used_lock('b')",
    "select sleep(1.5)",
    "select is_used_lock('a')",
    "create table log (n int auto_increment primary key, who int) engine=innodb",
    "insert into log(who) select 3 from t where id=3 for update",
    "create table x (a int) engine=innodb",
    "set autocommit = 0",
    "create table t (id int primary key, v int, key (v)) engine=innodb",
    "select id from t where v = 2 for share",
    "select * from t where id > 10 and id < 40 for update",
    "insert ignore into t values (20, 9), (25, 9)",
    "select * from t where id between 20 and 40 for update",
    "insert into dst select * from src where id <= 2",
    "insert into dst select id + 10, v from src",
    "create table t (id int primary key, u int, v int, unique key u (u), key v (v)) engine=innodb",
    "create table customer (id int primary key, name varchar(10)) engine=innodb",
    "create table orders (id int primary key, customer_id int, total int, key customer (customer_id)) "
    "engine=innodb",
    "select o.id, c.name from customer c straight_join orders o on o.customer_id = c.id where c.id = 1 for "
    "update",
    "update customer c straight_join orders o on o.customer_id = c.id set o.total = o.total + 1 where c.id = "
    "3",
    "lock tables t write",
    "lock tables t read",
    "lock tables m read local",
    "set session innodb_lock_wait_timeout = 1",
    "update t set v = v + 1 where id <= 3",
    "select * from t where id <= 20 for share",
    "select * from t where id <= 20 for update",
    "create table a (id int primary key, v int, w int, key v (v), key w (w)) engine=innodb",
    "insert into b select * from a",
    "set session lock_wait_timeout = 2",
    "alter table x add column w int",
    "alter table t add column w int default 5",
    "truncate table t",
    "drop table t",
    "select m.v, t.v from m, t where m.id = 1 and t.id = 1",
    "select * from m order by id",
    "select v from m where id = 1",
    "select * from t where id = 2 for update nowait",
    "select * from t where id = 2 for share nowait",
    "select * from t for update nowait",
    "insert into t values (20, 1) on duplicate key update n = n + 1",
    "insert into t values (10, 0) on duplicate key update n = n",
    "create table t (id int primary key auto_increment, u int, n int, unique key u (u)) engine=innodb",
    "insert into t (u, n) values (20, 1) on duplicate key update n = n + 1",
    "create table `order` (id int primary key auto_increment, user_id int, address varchar(20), foreign key "
    "(user_id) references user(id)) engine=innodb",
    "insert into `order` (user_id, address) values (1,'a')",
    "select id, stock from product where id in (1)",
    "insert into order_detail (order_id, product_id, count, price) values (1,1,1,1)",
    "select count(*) from order_detail",
    "select stock from product",
    "create table order_detail (id int primary key auto_increment, product_id int, foreign key (product_id) "
    "references product(id)) engine=innodb",
    "insert into order_detail (product_id) values (1)",
    "select * from t where id in (20, 40) for update",
    "update t set v = v + 1 where id = 10 or id = 30",
    "select * from t where id > 60 for update",
    "select * from t where id >= 60 for update",
    "select * from t where id < 20 for update",
    "select * from t where id >= 25 and id <= 35 for update",
    "select * from t where id >= 30 for share",
    "create table c (id int primary key, pid int, foreign key (pid) references p(id)) engine=innodb",
    "create table seat (id int primary key, booked_by varchar(10)) engine=innodb",
    "insert into seat values (1, null), (2, null)",
    "select booked_by from seat where id = 1 for update",
    "select booked_by from seat where id = 1",
    "update seat set booked_by = 'ann' where id = 1",
    "update seat set booked_by = null where id = 1",
    "create table booking (id int primary key auto_increment, seat_id int, who varchar(10), unique key seat "
    "(seat_id)) engine=innodb",
    "select * from booking where seat_id = 7",
    "insert into booking (seat_id, who) values (7, 'ann')",
    "select * from booking where seat_id = 8 for update",
    "insert into seat values (1, null), (2, null), (3, null)",
    "update seat set booked_by = 'ann' where id = 2 and booked_by is null",
    "select * from t order by v, id",
    "create table t (id int primary key, v int, u int, key v (v), unique key u (u)) engine=innodb",
    "insert into t values (1, null, null), (2, null, null), (3, 30, 30), (4, 40, 40), (5, 50, 50)",
    "select * from t where v is null for update",
    "insert into t values (6, null, 60)",
    "insert into t values (7, 70, null)",
    "select * from t force index (v) where v > 600 for update",
    "select * from t force index (v) where v >= 600 for update",
    "select * from t force index (v) where v < 200 for update",
    "select * from t force index (v) where v <= 200 for update",
    "select * from t force index (v) where v between 200 and 300 for update",
    "select * from t force index (v) where v <= 200 order by v desc for update",
    "select * from t where id > 20",
    "create table t (id int primary key, v int, w int, key v (v)) engine=innodb",
    "select * from t for update skip locked",
    "select * from t where id = 1 for update skip locked",
    "select * from t where v = 30 for share skip locked",
    "select * from t for share",
    "create table orders (id int primary key auto_increment, product_id int, user_id int, foreign key "
    "(product_id) references product (id)) engine=innodb",
    "insert into orders (product_id, user_id) values (1, 100)",
    "update product set stock = stock - 1 where id = 1",
    "update product set stock = stock - 1 where id = 2 and stock > 0",
    "create table orders (id int primary key auto_increment, product_id int, user_id int) engine=innodb",
    "select * from product where id in (2, 1) order by id for update",
    "update product set stock = stock - 1 where id in (1, 2)",
    "create table storage (user_id int primary key, quota int, used int) engine=innodb",
    "select quota, used from storage where user_id = 1 for update",
    "update storage set used = used + 40 where user_id = 1",
    "select quota, used from storage where user_id = 1 for share",
    "select quota, used from storage where user_id = 1",
    "update storage set used = 90 where user_id = 1",
    "create table account (id int primary key, balance int, check (balance >= 0)) engine=innodb",
    "select sum(balance) from account",
    "alter table t add column w int default 7, force",
    "create table t (id int primary key, u int, w int, unique key u (u)) engine=innodb",
    "start transaction",
    "update a set v = (select v from b where id = 2) where id = 1",
    "select * from a where id = (select max(id) from b) for update",
    "select * from t where id > 10 for share",
    "delete from t where id >= 20",
    "update t set v = 0 where id > 10",
    "create table doctor (name varchar(10) primary key, on_call int) engine=innodb",
    "select count(*) from doctor where on_call = 1",
    "update doctor set on_call = 0 where name = 'ann'",
    "update doctor set on_call = 1",
    "select count(*) from doctor where on_call = 1 for update",
    "select @@tx_isolation",
    "create table test (id int primary key, value int) engine=innodb",
    "update test set value = value + 10",
    "delete from test where value = 20",
    "select * from test where value % 3 = 0",
    "set session transaction isolation level read uncommitted",
    "insert into test (id, value) values (3, 30)",
    "select * from test where value % 5 = 0 lock in share mode",
};

TEST(SqlCorpus, EveryStatementParses) {
  for (const std::string_view text : kStatements) {
    EXPECT_TRUE(std::holds_alternative<StatementRef>(ParseStatement(text)))
        << text << "\n  " << DumpStatement(text);
  }
}

// Line ends, comments and a semicolon change nothing.
TEST(SqlCorpus, WhiteSpaceIsFree) {
  for (const std::string_view text : kStatements) {
    const auto has = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
    if (has("'") || has("select") || has("check")) continue;  // Texts, headings and checks keep it.
    std::string spread;
    for (const char sign : text)
      spread += sign == ' ' ? std::string("\t/* c */\n -- d\n") : std::string(1, sign);
    EXPECT_EQ(DumpStatement(spread + " ; "), DumpStatement(text)) << text;
  }
}

// No beginning of a statement is a crash, and an error stands within it.
TEST(SqlCorpus, EveryBeginningIsTakenOrRefusedInPlace) {
  for (std::size_t i = 0; i < std::size(kStatements); i += 4) {
    const std::string_view text = kStatements[i];
    for (std::size_t length = 0; length < text.size(); ++length) {
      const auto parsed = ParseStatement(text.substr(0, length));
      if (const auto* error = std::get_if<ParseError>(&parsed)) {
        EXPECT_LE(error->place.begin, error->place.end);
        EXPECT_LE(error->place.end, length);
        EXPECT_FALSE(error->message.empty());
      }
    }
  }
}

}  // namespace
}  // namespace nextkey::sql
