package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.OptimizerKeys;
import java.util.Optional;

/** How the rate of a configuration goes on. */
final class ScheduleSection {
  private static final String NAME = "lr_scheduler";
  private static final double USUAL_WARMUP = 1000;

  private static final IgnoredKeys OF_PARAMS =
      new IgnoredKeys()
          .needless(
              "the schedule is as long as the run, as in ai-toolkit", "T_max", "T_0", "T_mult")
          .needless("the schedule is as long as the run", "total_iters", "max_iterations");

  private final ToolkitSettings settings;
  private final Section train;

  ScheduleSection(ToolkitSettings settings, Section train) {
    this.settings = settings;
    this.train = train;
  }

  void read() {
    Section params = train.section("lr_scheduler_params");
    String origin = train.origin(NAME);
    Optional<String> said = train.text(NAME);
    Optional<Double> least = params.number("eta_min");
    Optional<Double> factor = params.number("factor");
    Optional<Double> warmup = params.number("num_warmup_steps");
    switch (said.orElse("constant")) {
      case "constant" -> {
        settings.set(OptimizerKeys.SCHEDULE, said, "constant", origin);
        if (factor.filter(f -> f != 1).isPresent()) {
          params.problem("factor", "changes the rate at the end, which is not done here; set lr.");
        }
        settings.usual(OptimizerKeys.WARMUP, 0.0);
      }
      // Restarts are as long as the run there.
      case "cosine", "cosine_with_restarts" -> {
        settings.set(OptimizerKeys.SCHEDULE, "cosine", origin);
        double rate = settings.layers().entries().find(OptimizerKeys.RATE).orElse(1.0);
        least.ifPresent(
            x -> settings.set(OptimizerKeys.LEAST_RATE, x / rate, params.origin("eta_min")));
        settings.usual(OptimizerKeys.WARMUP, 0.0);
      }
      case "constant_with_warmup" -> {
        settings.set(OptimizerKeys.SCHEDULE, "constant_with_warmup", origin);
        double batches = TrainSection.perStep(train);
        settings.set(
            OptimizerKeys.WARMUP,
            warmup.map(n -> n / batches),
            USUAL_WARMUP / batches,
            params.origin("num_warmup_steps"));
      }
      case "linear" ->
          train.problem(
              NAME,
              "is linear, which rises from a third of the rate to all of it there; take constant or"
                  + " constant_with_warmup, or set schedule.name = \"linear\", which falls to 0.");
      default ->
          train.problem(
              NAME,
              "is "
                  + said.orElse("")
                  + ", which is not done here; expected constant, cosine, cosine_with_restarts or"
                  + " constant_with_warmup.");
    }
    params.finish(OF_PARAMS);
  }
}
