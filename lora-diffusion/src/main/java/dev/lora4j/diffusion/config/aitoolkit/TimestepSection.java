package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.LossKeys;
import dev.lora4j.diffusion.config.TimestepKeys;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which timesteps a configuration trains how often, and what each counts. */
final class TimestepSection {
  private static final String TYPE = "timestep_type";
  private static final String UNIFORM = "uniform";

  /** Shift of the schedules there, but for FLUX.1's, which goes by the size of the picture. */
  private static final double SHIFT = 3;

  private static final int TIMESTEPS = 1000;
  private static final Set<String> NOISE_SCHEDULERS = Set.of("ddpm", "ddim");

  /** Ends that are preferred there, and here. */
  private static final Map<String, String> BIASES =
      Map.of("balanced", "none", "content", "high_noise", "style", "low_noise");

  private final ToolkitSettings settings;
  private final Section train;
  private final boolean flow;

  TimestepSection(ToolkitSettings settings, Section train) {
    this.settings = settings;
    this.train = train;
    flow = settings.architecture().flow();
  }

  void read() {
    scheduler();
    Optional<String> said = train.text(TYPE).map(type -> type.toLowerCase(Locale.ROOT));
    if (flow) {
      distribution(said);
    } else {
      settings.set(TimestepKeys.SAMPLING, UNIFORM, train.origin(TYPE));
      said.filter(type -> !type.equals("sigmoid"))
          .ifPresent(type -> train.note(TYPE, "has no effect: it is for flows."));
    }
    bias();
    range();
    for (String key : new String[] {"linear_timesteps", "linear_timesteps2"}) {
      if (train.yes(key)) {
        train.problem(
            key,
            "weighs timesteps by a bell, which is not done here; remove it, or write the weights"
                + " into a file and set loss.timestep_weights.");
      }
    }
  }

  private void scheduler() {
    String key = "noise_scheduler";
    Optional<String> said = train.text(key);
    String name = said.orElse("ddpm").toLowerCase(Locale.ROOT);
    if (flow && !name.equals("flowmatch")) {
      String found = said.isPresent() ? name : "left out, which is ddpm in ai-toolkit";
      train.problem(key, "is " + found + "; expected flowmatch for a flow.");
    } else if (!flow && !NOISE_SCHEDULERS.contains(name)) {
      train.problem(key, "is " + name + "; expected ddpm, by which this base was trained.");
    }
  }

  private void distribution(Optional<String> said) {
    String type = said.orElse("sigmoid");
    switch (type) {
      case "sigmoid" -> sampled("sigmoid", said);
      case "linear" -> sampled(UNIFORM, said);
      case "weighted" -> {
        sampled(UNIFORM, said);
        settings.unlessReplaced(LossKeys.TIMESTEP_WEIGHTS, this::requireWeights);
      }
      case "shift", "flux_shift", "lumina2_shift" -> {
        boolean bySize = settings.architecture() == Architecture.FLUX;
        sampled(bySize ? "uniform_size_shift" : UNIFORM, said);
        if (!bySize) {
          settings.set(TimestepKeys.TRAINING_SHIFT, SHIFT, train.origin(TYPE));
        }
      }
      default ->
          train.problem(
              TYPE,
              "is "
                  + type
                  + ", which is not done here; expected sigmoid, linear, weighted or shift.");
    }
  }

  private void sampled(String law, Optional<String> said) {
    settings.set(TimestepKeys.SAMPLING, said.map(type -> law), law, train.origin(TYPE));
  }

  /** Weights of timesteps there are a table of measured numbers in its code. */
  private void requireWeights() {
    train.problem(
        TYPE,
        "is weighted, by a table in ai-toolkit's code that is not here; write that into a file, with"
            + " python -c \"from toolkit.timestep_weighing.default_weighing_scheme import *;"
            + " print(*default_weighing_scheme, sep='\\n')\" > weights.txt in its folder, and say"
            + " --set loss.timestep_weights=weights.txt; or take linear, which weighs all alike.");
  }

  private void bias() {
    String key = "content_or_style";
    Optional<String> said = train.text(key).map(word -> word.toLowerCase(Locale.ROOT));
    Optional<String> bias = said.flatMap(word -> Optional.ofNullable(BIASES.get(word)));
    if (said.isPresent() && bias.isEmpty()) {
      train.problem(key, "is " + said.get() + "; expected balanced, content or style.");
    }
    bias.ifPresent(one -> settings.set(TimestepKeys.BIAS, one, train.origin(key)));
  }

  /** There these are places in a list of timesteps, of which the first has the most noise. */
  private void range() {
    long first = train.whole("min_denoising_steps").orElse(0L);
    long last = train.whole("max_denoising_steps").orElse(TIMESTEPS - 1L);
    boolean all = first == 0 && last == TIMESTEPS - 1;
    String law = settings.layers().entries().find(TimestepKeys.SAMPLING).orElse(UNIFORM);
    if (!all && !law.equals(UNIFORM)) {
      train.problem(
          train.says("min_denoising_steps") ? "min_denoising_steps" : "max_denoising_steps",
          "are places in a list of timesteps that are drawn anew for each batch; with other types"
              + " than linear and weighted set loss.min_timestep and loss.max_timestep.");
    } else if (!all) {
      String origin = train.origin("min_denoising_steps");
      settings.layers().set("loss.min_timestep", Math.max(0, TIMESTEPS - 1 - last), origin);
      settings.layers().set("loss.max_timestep", TIMESTEPS - first, origin);
    }
    if (train.whole("num_train_timesteps").filter(n -> n != TIMESTEPS).isPresent()) {
      train.problem("num_train_timesteps", "is not done here: bases have 1000. Remove it.");
    }
  }
}
