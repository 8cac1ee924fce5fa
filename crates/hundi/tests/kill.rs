//! The sample of the kill programme that every test run takes: the real binary dies once at each named point and
//! twenty times at random, on each engine; afterwards client, provider, receiver and database agree. `cargo xtask
//! chaos` takes the rest.

mod kill {
    use hundi_chaos::{Engine, Plan, sample};

    const RANDOM_KILLS: u32 = 20;
    const BIRTHS: u32 = 3;

    #[test]
    fn nothing_is_lost_and_nothing_is_done_twice_on_sqlite() {
        holds_on(Engine::Sqlite, None);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_done_twice_on_postgresql() {
        let Ok(server) = std::env::var("HUNDI_TEST_PG") else {
            let required = std::env::var("HUNDI_TEST_REQUIRE_PG").is_ok_and(|v| v == "1");
            assert!(!required, "HUNDI_TEST_PG names no server, and this run must have one");
            return;
        };
        holds_on(Engine::Postgres, Some(server));
    }

    fn holds_on(engine: Engine, postgres: Option<String>) {
        let binary = env!("CARGO_BIN_EXE_hundi").into();
        let plan = Plan { binary, engine, postgres, nodes: 1, births: BIRTHS, planted: None, seed: 2026 };
        match sample(&plan, RANDOM_KILLS) {
            Ok(report) => println!("{report}"),
            Err(error) => panic!("{error:#}"),
        }
    }
}
