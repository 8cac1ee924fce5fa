//! The sample of the kill programme that every test run takes: the real binary dies once at each named point and
//! twenty times at random, on each engine; afterwards client, provider, receiver and database agree. `cargo xtask
//! chaos` takes the rest.

mod kill {
    use hundi_chaos::{Engine, Plan, Report, one_key, sample};

    const RANDOM_KILLS: u32 = 20;
    const BIRTHS: u32 = 3;

    #[test]
    fn nothing_is_lost_and_nothing_is_done_twice_on_sqlite() {
        holds_on(Engine::Sqlite, None);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_done_twice_on_postgresql() {
        if let Some(server) = postgres() {
            holds_on(Engine::Postgres, Some(server));
        }
    }

    /// One request under one key at three servers at once: whoever works on it dies, at each beat, and all the others
    /// give one answer.
    #[test]
    fn one_key_has_one_answer_at_three_servers() {
        if let Some(server) = postgres() {
            said(one_key(&plan(Engine::Postgres, Some(server), 3)));
        }
    }

    #[test]
    fn one_key_has_one_answer_from_a_server_that_dies_of_it() {
        said(one_key(&plan(Engine::Sqlite, None, 1)));
    }

    fn postgres() -> Option<String> {
        let server = std::env::var("HUNDI_TEST_PG").ok();
        let required = std::env::var("HUNDI_TEST_REQUIRE_PG").is_ok_and(|v| v == "1");
        assert!(server.is_some() || !required, "HUNDI_TEST_PG names no server, and this run must have one");
        server
    }

    fn holds_on(engine: Engine, postgres: Option<String>) {
        said(sample(&Plan { births: BIRTHS, ..plan(engine, postgres, 1) }, RANDOM_KILLS));
    }

    fn plan(engine: Engine, postgres: Option<String>, nodes: usize) -> Plan {
        let binary = env!("CARGO_BIN_EXE_hundi").into();
        // The sample's own proof: with a bug planted, it has to fail.
        let planted = std::env::var("HUNDI_TEST_PLANTED").ok();
        Plan { binary, engine, postgres, nodes, births: 0, planted, seed: 2026 }
    }

    fn said(report: anyhow::Result<Report>) {
        match report {
            Ok(report) => println!("{report}"),
            Err(error) => panic!("{error:#}"),
        }
    }
}
