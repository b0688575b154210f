package dev.lora4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The sections that options are listed in: those that a command names itself, then those of the
 * program by the options' names. The latter are the vocabulary of the program too: the same thing
 * has the same name in every command, so that each name stands here once, or once for each thing
 * that commands with it can be about.
 */
final class OptionSections {
  /** Section of options that neither their command nor the program has a section for. */
  static final String OTHERS = "Options";

  private static final String TRAINING = "Training";
  private static final String SAMPLING = "Sampling";
  private static final String CHANCE = "Chance";
  private static final String DOWNLOAD = "Download";

  private static final Map<String, Set<String>> NAMES = new LinkedHashMap<>();

  static {
    section(
        "Data",
        "on images data task query-prompt document-prompt texts language style regularisation"
            + " trigger trigger-last prompts samples second tuned prompt preset config set");
    section("Base", "base base-config denoiser prediction");
    section(
        "Adapters",
        "lora apart lora-dir lora-te blocks region route mixer allow-partial embedding embedding-dir"
            + " leakage from");
    section(
        "Picture",
        "negative count size image strength mask reference original-size crop target-size"
            + " negative-original-size negative-crop negative-target-size x y z grid");
    section(
        TRAINING,
        "method learn target shared-a targets saved rank alpha init ranks calibration-batches"
            + " rslora steps epochs batch gradient-accumulation lr plan find-rate find-steps"
            + " same-steps seeds rates scale symmetric lr-scheduler warmup optimizer"
            + " optimizer-state max-grad-norm dropout caption-chunks max-length pack padding-free"
            + " augment frozen held-out validate-every keep-best save-every runs preview seed"
            + " resume overwrite");
    section(
        SAMPLING,
        "steps guidance true-cfg sampler schedule clip-skip max-new-tokens sample-temperature temperature"
            + " top top-k top-p min-p repetition-penalty beams length-penalty stop system chat"
            + " max-length pack seed batch");
    section(CHANCE, "seed");
    section(
        "Scoring",
        "concepts sweep-concepts per-concept adapter-alone other-style wrong no-bleu cloze reward"
            + " reward-timeout generations peer rounds seconds");
    section(
        "Ranks",
        "rank conv-rank dylora sv-ratio sv-fro sv-cumulative full min-diff exact with-biases");
    section("Model", "family vocabulary width inner layers heads max-length");
    section("Computing", "compute base-precision weights-memory context device threads");
    section(
        DOWNLOAD,
        "to file name sha256 no-preview max-size token-file hf-endpoint civitai-endpoint"
            + " allow-private dry-run all overwrite");
    section(
        "Output",
        "output outputs layout dtype fold-alpha rewrite density per-layer all explain in name"
            + " replace json");
    section("General", "help version debug plugins");
  }

  private OptionSections() {}

  private static void section(String heading, String names) {
    NAMES.put(heading, Set.of(names.split(" ")));
  }

  /** The options of a command that are shown, by heading, in the order of their sections. */
  static Map<String, List<OptionSpec>> of(CommandSpec command) {
    Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
    own(command).keySet().forEach(heading -> sections.put(heading, new ArrayList<>()));
    NAMES.keySet().forEach(heading -> sections.putIfAbsent(heading, new ArrayList<>()));
    sections.putIfAbsent(OTHERS, new ArrayList<>());
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        heading(command, option)
            .map(sections::get)
            .orElseGet(() -> sections.get(OTHERS))
            .add(option);
      }
    }
    sections.values().removeIf(List::isEmpty);
    return sections;
  }

  /** The sections that the command itself has; none for a group of commands. */
  private static Map<String, List<String>> own(CommandSpec command) {
    return command.userObject() instanceof Command named ? named.sections() : Map.of();
  }

  /**
   * The section of an option; nothing if neither its command nor the program has one for its name.
   */
  static Optional<String> heading(CommandSpec command, OptionSpec option) {
    String name = option.longestName().replaceFirst("^-+", "");
    return own(command).entrySet().stream()
        .filter(e -> e.getValue().contains(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .or(() -> shared(command, name));
  }

  private static Optional<String> shared(CommandSpec command, String name) {
    List<String> having =
        NAMES.entrySet().stream()
            .filter(e -> e.getValue().contains(name))
            .map(Map.Entry::getKey)
            .toList();
    return having.stream()
        .filter(h -> about(command, h))
        .findFirst()
        .or(() -> having.stream().findFirst());
  }

  /**
   * True if a command is about this section, by its other options; for options that are in two
   * sections.
   */
  private static boolean about(CommandSpec command, String heading) {
    return switch (heading) {
      case TRAINING -> has(command, "--lr") || (has(command, "--rank") && has(command, "--steps"));
      case SAMPLING ->
          has(command, "--guidance")
              || has(command, "--temperature")
              || has(command, "--max-new-tokens");
      case DOWNLOAD -> has(command, "--hf-endpoint");
      default -> true;
    };
  }

  private static boolean has(CommandSpec command, String option) {
    return command.findOption(option) != null;
  }
}
