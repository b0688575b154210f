package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.SETTINGS;
import static dev.lora4j.diffusion.config.KeyType.TEXT;
import static dev.lora4j.diffusion.config.KeyType.choice;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.extension;
import static dev.lora4j.diffusion.config.KeyType.number;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.core.train.schedule.Decay;
import java.util.List;
import java.util.Map;

/** Keys of the optimiser and of its learning rate schedule. */
public final class OptimizerKeys {
  private static final double ANY = Double.POSITIVE_INFINITY;

  public static final RunKey<String> OPTIMIZER =
      RunKey.of("optimizer.name", TEXT, "adamw", "Rule by which weights change");
  public static final RunKey<Double> RATE =
      RunKey.of(
          "optimizer.lr", number(0, ANY), 1e-4, "Learning rate at its highest", "learning_rate");
  public static final RunKey<Double> UNET_RATE =
      unset("optimizer.unet_lr", number(0, ANY), "Rate of the denoiser alone");
  public static final RunKey<Double> TEXT_RATE =
      unset("optimizer.text_encoder_lr", number(0, ANY), "Rate of the text encoder alone");
  public static final RunKey<Double> UP_RATIO =
      RunKey.of(
          "optimizer.loraplus_lr_ratio",
          number(0, ANY),
          1.0,
          "Rate of the up factors over that of the others (LoRA+)",
          "loraplus_lr_ratio");
  public static final RunKey<Map<String, Object>> OPTIMIZER_ARGS =
      RunKey.of("optimizer.settings", SETTINGS, Map.of(), "Settings of the rule, by their names");
  public static final RunKey<String> STATE =
      unset(
          "optimizer.state",
          choice("memory", "mapped"),
          "Where its state lies: memory, or mapped, a file beside the checkpoints; by the name if not"
              + " given, mapped for paged ones");
  public static final RunKey<Double> CLIP =
      RunKey.of(
          "optimizer.clip",
          number(0, ANY),
          1.0,
          "Greatest norm of the whole gradient; 0 for any",
          "max_grad_norm");
  public static final RunKey<Double> EMA =
      RunKey.of(
          "optimizer.ema_decay", number(0, 1), 0.0, "Share a moving average keeps; 0 for none");
  public static final RunKey<String> SCHEDULE =
      RunKey.of(
          "schedule.name",
          extension(Decay.class),
          "cosine",
          "How the rate goes on",
          "lr_scheduler");
  public static final RunKey<Map<String, Object>> SCHEDULE_ARGS =
      RunKey.of("schedule.settings", SETTINGS, Map.of(), "Settings of that, by their names");
  public static final RunKey<Double> WARMUP =
      unset(
          "schedule.warmup",
          number(0, ANY),
          "Rise at the beginning: a share of the steps below 1, else steps; 0.1 if not given",
          "lr_warmup_steps");
  public static final RunKey<Integer> CYCLES =
      unset(
          "schedule.cycles",
          count(1),
          "Falls of cosine_with_restarts, or of another that has this setting",
          "lr_scheduler_num_cycles");
  public static final RunKey<Double> POWER =
      unset(
          "schedule.power",
          number(0, ANY),
          "Of polynomial, or of another that has this setting",
          "lr_scheduler_power");
  public static final RunKey<Double> LEAST_RATE =
      RunKey.of(
          "schedule.min_lr_ratio",
          number(0, 1),
          0.0,
          "Share of the rate that is kept at the end",
          "lr_scheduler_min_lr_ratio");

  /** All of them, in the order in which a file has them. */
  static final List<RunKey<?>> ALL =
      List.of(
          OPTIMIZER,
          RATE,
          UNET_RATE,
          TEXT_RATE,
          UP_RATIO,
          OPTIMIZER_ARGS,
          STATE,
          CLIP,
          EMA,
          SCHEDULE,
          SCHEDULE_ARGS,
          WARMUP,
          CYCLES,
          POWER,
          LEAST_RATE);

  private OptimizerKeys() {}
}
