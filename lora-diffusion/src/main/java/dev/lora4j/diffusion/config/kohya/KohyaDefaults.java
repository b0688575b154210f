package dev.lora4j.diffusion.config.kohya;

import dev.lora4j.diffusion.config.AdapterKeys;
import dev.lora4j.diffusion.config.LossKeys;
import dev.lora4j.diffusion.config.OptimizerKeys;
import dev.lora4j.diffusion.config.ResolvedValues;
import dev.lora4j.diffusion.config.RunKey;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.TimestepKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Defaults of sd-scripts, which its files were written with in mind. Those that are the same here
 * are left out, and so is whatever does not change what is learned.
 */
final class KohyaDefaults {
  private static final String ORIGIN = "default of sd-scripts";
  private static final double RATE = 2e-6;
  private static final int STEPS = 1600;

  private final ResolvedValues entries;
  private final KohyaNetwork network;
  private final List<String> taken = new ArrayList<>();

  private KohyaDefaults(ResolvedValues entries, KohyaNetwork network) {
    this.entries = entries;
    this.network = network;
  }

  /** Sets them where no key is set, and notes which. */
  static void lay(SettingLayers to, ResolvedValues entries, KohyaNetwork network, KohyaFlow flow) {
    KohyaDefaults all = new KohyaDefaults(entries, network);
    if (!entries.has(AdapterKeys.FROM)) {
      all.sizes();
    }
    all.unsaid(OptimizerKeys.RATE, RATE);
    all.unsaid(OptimizerKeys.SCHEDULE, "constant");
    all.unsaid(OptimizerKeys.WARMUP, 0.0);
    all.unsaid(RunKeys.BATCH, 1);
    if (!entries.has(RunKeys.EPOCHS)) {
      all.unsaid(RunKeys.STEPS, STEPS);
    }
    if (network.transformer().filter(KohyaTransformer.FLUX::equals).isPresent()) {
      flow.defaults(ORIGIN, network.source());
      all.timesteps();
    }
    all.onTheWay();
    all.unsaid(RunKeys.STORED, "f32");
    if (!all.taken.isEmpty()) {
      String list = String.join(", ", all.taken);
      to.note(network.origin() + ": not said, and so as in sd-scripts: " + list + ".");
    }
  }

  private void sizes() {
    unsaid(AdapterKeys.RANK, 4);
    unsaid(AdapterKeys.ALPHA, 1.0);
    network.usualConvAlpha().ifPresent(alpha -> unsaid(AdapterKeys.CONV_ALPHA, alpha));
  }

  /** Tells what the options of a flow have become. */
  private void timesteps() {
    Stream.of(
            TimestepKeys.SAMPLING,
            TimestepKeys.SHIFT,
            TimestepKeys.TRAINING_SHIFT,
            LossKeys.FLOW_WEIGHTING)
        .filter(key -> entries.origin(key).equals(ORIGIN))
        .forEach(this::told);
  }

  private <T> void told(RunKey<T> key) {
    Optional<String> written = entries.find(key).map(key.type().writing());
    taken.add(key.name() + " = " + written.orElseThrow());
  }

  private void onTheWay() {
    boolean every = entries.has(RunKeys.PREVIEW_EVERY) || entries.has(RunKeys.PREVIEW_EPOCHS);
    boolean here = entries.source(RunKeys.PREVIEW_PROMPTS) == network.source();
    if (here && !every) {
      entries.withdraw(RunKeys.PREVIEW_PROMPTS);
      set(RunKeys.PREVIEW_PROMPTS, List.of());
    } else if (here) {
      unsaid(RunKeys.PREVIEW_STRENGTHS, List.of(1.0));
    } else {
      unsaid(RunKeys.PREVIEW_PROMPTS, List.of());
    }
    boolean validated =
        entries.has(RunKeys.VALIDATION_EVERY) || entries.has(RunKeys.VALIDATION_EPOCHS);
    if (!validated && entries.find(RunKeys.VALIDATION_SHARE).orElse(0.0) > 0) {
      unsaid(RunKeys.VALIDATION_EPOCHS, 1);
    }
  }

  private void unsaid(RunKey<?> key, Object value) {
    if (!entries.has(key) && entries.source(key) < network.source()) {
      set(key, value);
    }
  }

  private <T> void set(RunKey<T> key, Object value) {
    entries.put(key, value, ORIGIN, key.name());
    told(key);
  }
}
