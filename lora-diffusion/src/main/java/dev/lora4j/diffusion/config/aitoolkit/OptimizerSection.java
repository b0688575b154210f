package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.OptimizerKeys;
import dev.lora4j.diffusion.config.yaml.YamlTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The optimiser of a configuration, its rate, and the average of the weights. */
final class OptimizerSection {
  private static final String NAME = "optimizer";
  private static final String PARAMS = "optimizer_params";
  private static final String EPS = "eps";
  private static final double USUAL_EPS = 1e-6;
  private static final double USUAL_RATE = 1e-6;

  /** Rates below are taken for 1 there, by an optimiser that finds the rate itself. */
  private static final double LEAST_MULTIPLE = 0.1;

  private static final Set<String> ADAM = Set.of("adamw", "adamw8bit", "prodigy");

  /** Names there, and here. */
  private static final Map<String, String> NAMES =
      Map.of(
          "adamw", "adamw",
          "adam", "adamw",
          "adamw8bit", "adamw8bit",
          "adam8bit", "adamw8bit",
          "lion", "lion",
          "lion8bit", "lion8bit",
          "adafactor", "adafactor",
          "prodigy", "prodigy");

  private final ToolkitSettings settings;
  private final Section train;

  OptimizerSection(ToolkitSettings settings, Section train) {
    this.settings = settings;
    this.train = train;
  }

  void read() {
    String said = train.text(NAME).orElse("adamw").toLowerCase(Locale.ROOT);
    String name = NAMES.getOrDefault(said, "");
    Map<String, Object> arguments = new LinkedHashMap<>();
    Section params = train.section(PARAMS);
    if (name.isEmpty()) {
      train.problem(
          NAME,
          "is "
              + said
              + ", which is not done here; expected adamw, adamw8bit, adam, adam8bit, lion, lion8bit,"
              + " adafactor or prodigy.");
    } else {
      settings.set(OptimizerKeys.OPTIMIZER, name, train.origin(NAME));
      arguments(params, said, name, arguments);
      if (!arguments.isEmpty()) {
        settings.set(OptimizerKeys.OPTIMIZER_ARGS, arguments, train.origin(PARAMS));
      }
    }
    rate(name);
    train
        .number("max_grad_norm")
        .ifPresent(x -> settings.set(OptimizerKeys.CLIP, x, train.origin("max_grad_norm")));
    new ScheduleSection(settings, train).read();
    average();
  }

  private void rate(String optimizer) {
    Optional<Double> said = train.number("lr");
    if (optimizer.equals("prodigy") && said.orElse(USUAL_RATE) < LEAST_MULTIPLE) {
      settings.set(OptimizerKeys.RATE, 1.0, train.origin("lr"));
      train.note("lr", "below 0.1 is taken for 1 with prodigy, as in ai-toolkit.");
    } else {
      settings.set(OptimizerKeys.RATE, said, USUAL_RATE, train.origin("lr"));
    }
  }

  private void arguments(Section params, String said, String name, Map<String, Object> all) {
    if (ADAM.contains(name)) {
      all.put(EPS, USUAL_EPS);
    }
    if (name.equals("adafactor")) {
      List.of("relative_step", "scale_parameter", "warmup_init").forEach(k -> all.put(k, false));
    }
    train
        .value(PARAMS)
        .filter(YamlTable.class::isInstance)
        .map(YamlTable.class::cast)
        .ifPresent(table -> table.entries().keySet().forEach(key -> argument(params, key, all)));
    boolean coupled = said.equals("adam") || said.equals("adam8bit");
    if (coupled) {
      Object decay = all.getOrDefault("weight_decay", 0);
      if (decay instanceof Number number && number.doubleValue() != 0) {
        train.problem(
            NAME,
            "is "
                + said
                + " with a weight_decay in the gradient, which is not done here; take adamw.");
      }
      all.put("weight_decay", 0.0);
    }
  }

  private void argument(Section params, String key, Map<String, Object> all) {
    Optional<Object> value = params.value(key);
    if (key.equals("betas") && value.orElse("") instanceof List<?> betas) {
      for (int i = 0; i < betas.size(); i++) {
        all.put("beta" + (i + 1), betas.get(i));
      }
    } else if (key.equals(EPS) && value.orElse("") instanceof List<?> both && both.size() == 2) {
      all.put("eps1", both.get(0));
      all.put("eps2", both.get(1));
    } else if (key.equals("decouple")) {
      if (!params.flag(key).orElse(true)) {
        params.problem(key, "is always true here; remove it.");
      }
    } else if (value.isPresent() && value.get() instanceof YamlTable) {
      params.problem(key, "takes a number or a flag, found a table.");
    } else {
      value.ifPresent(one -> all.put(key, one));
    }
  }

  private void average() {
    Section average = train.section("ema_config");
    boolean used = average.yes("use_ema");
    Optional<Double> decay = average.number("ema_decay");
    if (used) {
      settings.set(OptimizerKeys.EMA, decay, 0.999, average.origin("ema_decay"));
      if (average.yes("use_feedback")) {
        average.problem(
            "use_feedback", "is not done here: the average changes nothing. Remove it.");
      }
      if (average.number("param_multiplier").filter(x -> x != 1).isPresent()) {
        average.problem(
            "param_multiplier", "is not done here: weight_decay makes weights smaller. Remove it.");
      }
    }
    average.value("use_feedback");
    average.value("param_multiplier");
    average.finish(new IgnoredKeys());
  }
}
