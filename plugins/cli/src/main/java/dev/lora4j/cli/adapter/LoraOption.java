package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.SuffixedFile;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.text.model.TextModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An adapter on the command line: {@code ink.safetensors:0.7}, {@code ink.safetensors:0.7:0.5-1},
 * {@code ink.safetensors:0@0,1@0.5,0.2@1:cosine} or {@code ink.safetensors:0,0.5,1}.
 */
public record LoraOption(Path file, Optional<Weight> said) {
  static final String FORM =
      "FILE[:WEIGHT[:FROM-TO]], FILE:WEIGHT@SHARE,...[:cosine] or FILE:WEIGHT,WEIGHT,...";

  /** The weight on the command line, or 1. */
  public Weight weight() {
    return said.orElse(Weight.of(1));
  }

  /**
   * Refuses adapters of texts before anything slow begins. What a text is made in are no steps that
   * a weight could change over.
   */
  public static void requireForTexts(List<LoraOption> loras) {
    for (LoraOption lora : loras) {
      AdapterFiles.requireAdapter(ExistingPath.any(lora.file()));
      if (!lora.weight().constant()) {
        throw Failure.usage(
            "The weight "
                + lora.weight().text()
                + " of "
                + lora.file()
                + " changes over the steps of a picture, which a text has not; give it one"
                + " number.");
      }
    }
  }

  /** Adapters of texts with their weights, each read from its file. */
  public static MixPlan plan(
      Console console,
      List<LoraOption> loras,
      TextModel base,
      BiFunction<Path, ReadOptions, LoadedAdapter> reading) {
    requireForTexts(loras);
    MixPlan plan = MixPlan.NONE;
    for (LoraOption lora : loras) {
      LoadedAdapter loaded = reading.apply(lora.file(), ReadOptions.STRICT);
      UsageBaseModel.of(base).tell(console, lora.file(), loaded);
      plan = plan.with(loaded.adapter(), lora.weight());
    }
    return plan;
  }

  /** Name of the adapter for other options: that of its file. */
  public static String name(Path file) {
    return String.valueOf(file.toAbsolutePath().normalize().getFileName())
        .replaceFirst("\\.(safetensors|gguf)$", "");
  }

  /** Names of these adapters in messages, with weights other than 1. */
  public static String names(List<LoraOption> loras) {
    return loras.stream()
        .map(l -> name(l.file()) + (l.weight().equals(Weight.of(1)) ? "" : ":" + l.weight().text()))
        .collect(Collectors.joining(" and "));
  }

  /** Reads the forms above; what is left out is weight 1 and all steps. */
  public static final class Reader implements ITypeConverter<LoraOption> {
    @Override
    public LoraOption convert(String text) {
      if (text.isEmpty()) {
        throw new TypeConversionException("expected " + FORM + ", found nothing");
      }
      try {
        SuffixedFile parts = SuffixedFile.of(text);
        return new LoraOption(parts.file(), parts.suffix().map(Weight::parse));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("in '" + text + "', " + e.getMessage());
      }
    }
  }
}
