package dev.lora4j.spark.command;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.diffusion.clip.LoraTags;
import dev.lora4j.spark.SparkGeneration;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The adapters of a command, which are sent to all machines. */
record SentAdapters(List<LoraOption> loras) {
  /**
   * Checks their files, which are fetched if they have an address.
   *
   * @throws Failure if one is no file of an adapter, or two have one name
   */
  static SentAdapters of(FetchedOption fetched, List<LoraOption> given) {
    List<LoraOption> loras =
        given.stream().map(lora -> lora.at(fetched.here(lora.file()))).toList();
    Set<String> names = new HashSet<>();
    for (LoraOption lora : loras) {
      AdapterFiles.requireAdapter(ExistingPath.any(lora.file()));
      if (Files.isDirectory(lora.file())) {
        throw Failure.usage(
            lora.file()
                + " is a folder; 'lora4j convert' makes one file of it, which can be sent.");
      }
      if (lora.rank().isPresent()) {
        throw Failure.usage(
            "A whole adapter is sent to the machines; cut "
                + lora.file()
                + " to rank "
                + lora.rank().get()
                + " by 'lora4j resize' before.");
      }
      if (!names.add(LoraOption.name(lora.file()))) {
        throw Failure.usage(
            "There are two adapters called " + LoraOption.name(lora.file()) + "; rename one.");
      }
    }
    return new SentAdapters(loras);
  }

  /** Refuses adapters that do not fit to the base, and tells what is unusual about the others. */
  void requireFits(Console console, ModelOptions base) {
    UsageBaseModel used = UsageBaseModel.of(base);
    for (LoraOption lora : loras) {
      used.tell(console, lora.file(), AdapterFiles.read(lora.file(), base.outline().family()));
    }
  }

  /** Refuses tags of adapters in a text, which no machine could look up. */
  static void requireNoTags(String text) {
    if (!LoraTags.of(text).tags().isEmpty()) {
      throw Failure.usage(
          "'" + text + "' names an adapter; give it by --lora, or in the column adapters.");
    }
  }

  /** The column of a row that has all of them. */
  String text() {
    String all =
        loras.stream()
            .map(lora -> LoraOption.name(lora.file()) + ":" + lora.weight().text())
            .collect(Collectors.joining(";"));
    // One separator, so that the commas of a weight separate nothing.
    return all.isEmpty() ? all : all + ";";
  }

  /** Drawing with them. */
  SparkGeneration in(SparkGeneration generation) {
    SparkGeneration all = generation;
    for (LoraOption lora : loras) {
      all = all.adapter(LoraOption.name(lora.file()), lora.file());
    }
    return all;
  }

  /** SHA-256 of their files. */
  List<String> hashes() {
    List<String> all = new ArrayList<>();
    for (LoraOption lora : loras) {
      try {
        all.add(Digests.hex(Files.readAllBytes(lora.file())));
      } catch (IOException e) {
        throw new Failure("Cannot read " + lora.file() + ": " + ErrorExplanation.of(e), e);
      }
    }
    return all;
  }
}
