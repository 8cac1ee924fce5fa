//! The adapter against literal bodies, signature vectors and the simulator.
