package dev.lora4j.cli.adapter;

import dev.lora4j.cli.file.StoredAdapterFile;
import dev.lora4j.cli.file.SuffixedFile;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An adapter with a weight on the command line: {@code ink.safetensors:0.7}. */
public record WeightedFile(Path file, double weight) {
  /** Reads the form above; without a weight it is 1. */
  public static final class Reader implements ITypeConverter<WeightedFile> {
    @Override
    public WeightedFile convert(String text) {
      if (text.isEmpty()) {
        throw new TypeConversionException("expected FILE[:WEIGHT], found nothing");
      }
      try {
        SuffixedFile parts = SuffixedFile.of(text);
        double weight = parts.suffix().map(w -> number(text, w)).orElse(1.0);
        return new WeightedFile(StoredAdapterFile.of(parts.file()), weight);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("in '" + text + "', " + e.getMessage());
      }
    }

    private static double number(String text, String weight) {
      if (weight.matches("[-+]?(?:[0-9]+\\.?|\\.)[0-9]*(?:[eE][-+]?[0-9]+)?")) {
        double value = Double.parseDouble(weight);
        if (Double.isFinite(value)) {
          return value;
        }
      }
      throw new TypeConversionException(
          "in '" + text + "', the weight '" + weight + "' is no number");
    }
  }
}
