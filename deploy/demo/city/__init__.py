"""The simulated city: residents report, departments act, time passes in steps; over the same doors real people use."""
