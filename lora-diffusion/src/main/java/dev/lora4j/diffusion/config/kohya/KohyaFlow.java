package dev.lora4j.diffusion.config.kohya;

import dev.lora4j.diffusion.config.LossKeys;
import dev.lora4j.diffusion.config.ResolvedValues;
import dev.lora4j.diffusion.config.RunKey;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.TimestepKeys;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which levels of noise sd-scripts trains of a flow, and what each counts. Three of its options
 * decide that together, with the network's module: {@code timestep_sampling}, {@code
 * weighting_scheme} and {@code model_prediction_type}.
 */
final class KohyaFlow {
  private static final String SIGMA = "sigma";
  private static final String SCALED = "sigma_scaled";
  private static final double USUAL_SHIFT = 3;

  /** Schemes that are distributions of timesteps, and no weights. */
  private static final Set<String> DISTRIBUTIONS = Set.of("logit_normal", "mode");

  private static final Set<String> WEIGHTS = Set.of("sigma_sqrt", "cosmap");

  private final SettingLayers to;
  private final ResolvedValues entries;
  private Optional<Option> sampling = Optional.empty();
  private Optional<Option> scheme = Optional.empty();
  private Optional<Option> prediction = Optional.empty();
  private boolean laid;

  /**
   * An option.
   *
   * @param source number of the file or command line
   */
  private record Option(String value, String origin, int source) {}

  KohyaFlow(SettingLayers to) {
    this.to = to;
    entries = to.entries();
  }

  void sampling(Object value, String origin) {
    sampling = Optional.of(new Option(String.valueOf(value), origin, entries.source()));
  }

  void scheme(Object value, String origin) {
    scheme = Optional.of(new Option(String.valueOf(value), origin, entries.source()));
  }

  void prediction(Object value, String origin) {
    prediction = Optional.of(new Option(String.valueOf(value), origin, entries.source()));
  }

  /** Sets what the options decide; those that were not set have no default yet. */
  void lay(Optional<KohyaTransformer> trained) {
    if (laid) {
      return;
    }
    laid = true;
    boolean flux = trained.filter(KohyaTransformer.FLUX::equals).isPresent();
    sampling.ifPresent(how -> sampled(how, flux));
    if (sampling.isEmpty()) {
      scheme.ifPresent(how -> unsampled(how, flux));
    }
    boolean sd3 = trained.filter(KohyaTransformer.SD3::equals).isPresent();
    boolean scaled = sd3 || (flux && scheme.isPresent());
    prediction
        .or(() -> scaled ? Optional.of(scaledThere()) : Optional.empty())
        .ifPresent(this::weighed);
    if (prediction.isEmpty() && trained.isEmpty()) {
      scheme.filter(how -> !DISTRIBUTIONS.contains(how.value())).ifPresent(this::weight);
    }
  }

  /** Takes a scheme without {@code timestep_sampling}, which for FLUX.1 is sigma then. */
  private void unsampled(Option how, boolean flux) {
    if (flux) {
      sampled(new Option(SIGMA, how.origin(), how.source()), true);
    } else if (DISTRIBUTIONS.contains(how.value())) {
      set(TimestepKeys.SAMPLING, how.value(), how);
    }
  }

  /** Prediction type of Stable Diffusion 3, and of FLUX.1 by default. */
  private Option scaledThere() {
    String origin = scheme.map(Option::origin).orElse(KohyaTransformer.SD3.module());
    return new Option(SCALED, origin, scheme.map(Option::source).orElse(entries.source()));
  }

  /** Takes the defaults of FLUX.1 for what was not set. */
  void defaults(String origin, int source) {
    if (sampling.isEmpty() && unsaid(TimestepKeys.SAMPLING, source)) {
      sampled(new Option(SIGMA, origin, source), true);
    }
    boolean shifted = entries.find(TimestepKeys.SAMPLING).filter("shift"::equals).isPresent();
    if (shifted && unsaid(TimestepKeys.SHIFT, source)) {
      to.set(TimestepKeys.SHIFT.name(), USUAL_SHIFT, origin);
    }
    if (prediction.isEmpty() && unsaid(LossKeys.FLOW_WEIGHTING, source)) {
      weighed(new Option(SCALED, origin, source));
    }
  }

  private boolean unsaid(RunKey<?> key, int source) {
    return entries.source(key) < source;
  }

  private <T> void set(RunKey<T> key, Object value, Option because) {
    if (unsaid(key, because.source())) {
      to.set(key.name(), value, because.origin());
    }
  }

  private void sampled(Option how, boolean flux) {
    if (!how.value().equals(SIGMA)) {
      set(TimestepKeys.SAMPLING, how.value(), how);
      scheme
          .filter(s -> DISTRIBUTIONS.contains(s.value()))
          .ifPresent(s -> noEffect(s, "timestep_sampling " + how.value()));
      return;
    }
    scheme.ifPresentOrElse(this::distributed, () -> set(TimestepKeys.SAMPLING, "uniform", how));
    // There it counts from the noisiest timestep.
    entries
        .find(TimestepKeys.LOGIT_MEAN)
        .filter(mean -> mean != 0)
        .ifPresent(mean -> to.set(TimestepKeys.LOGIT_MEAN.name(), -mean, how.origin()));
    double shift = entries.find(TimestepKeys.SHIFT).orElse(flux ? USUAL_SHIFT : 1);
    entries.leave(TimestepKeys.SHIFT, "discrete_flow_shift");
    set(TimestepKeys.TRAINING_SHIFT, shift, how);
  }

  private void distributed(Option how) {
    String law = DISTRIBUTIONS.contains(how.value()) ? how.value() : "uniform";
    set(TimestepKeys.SAMPLING, law, how);
  }

  private void weight(Option how) {
    set(LossKeys.FLOW_WEIGHTING, how.value().equals("uniform") ? "none" : how.value(), how);
  }

  private void weighed(Option how) {
    String weights = scheme.map(Option::value).filter(WEIGHTS::contains).orElse("none");
    switch (how.value()) {
      case "raw" -> {
        set(LossKeys.FLOW_WEIGHTING, "none", how);
        scheme
            .filter(s -> WEIGHTS.contains(s.value()))
            .ifPresent(s -> noEffect(s, "model_prediction_type raw"));
      }
      case SCALED -> scaled(how, weights);
      default ->
          to.problem(
              how.origin()
                  + ": model_prediction_type "
                  + how.value()
                  + " is not done here; expected raw or sigma_scaled.");
    }
  }

  /** The clean latents' squared error is the velocity's times the share of noise squared. */
  private void scaled(Option how, String weights) {
    if (!List.of("l2", "").contains(entries.find(LossKeys.LOSS).orElse(""))) {
      to.problem(
          how.origin()
              + ": model_prediction_type sigma_scaled compares clean latents, which is a weight here"
              + " and goes with loss_type l2 alone; set model_prediction_type to raw.");
    }
    if (weights.equals("cosmap")) {
      to.problem(
          how.origin()
              + ": weighting_scheme cosmap is not done beside sigma_scaled predictions; set another"
              + " scheme, or loss.weighting = \"cosmap\" with model_prediction_type raw.");
    }
    // Its weights are the inverse of the square.
    set(LossKeys.FLOW_WEIGHTING, weights.equals("sigma_sqrt") ? "none" : "sigma_squared", how);
  }

  private void noEffect(Option option, String with) {
    to.note(
        option.origin()
            + ": weighting_scheme "
            + option.value()
            + " has no effect with "
            + with
            + ".");
  }
}
