package dev.lora4j.cli;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An adapter with a weight on the command line: {@code ink.safetensors:0.7}. */
record WeightedFile(Path file, double weight) {
  private static final Pattern FORM =
      Pattern.compile("(.+?)(?::([-+]?(?:[0-9]+\\.?|\\.)[0-9]*(?:[eE][-+]?[0-9]+)?))?");

  /** Reads the form above; without a weight it is 1. */
  static final class Reader implements ITypeConverter<WeightedFile> {
    @Override
    public WeightedFile convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException("expected FILE[:WEIGHT], found '" + text + "'");
      }
      try {
        double weight = form.group(2) == null ? 1 : Double.parseDouble(form.group(2));
        return new WeightedFile(Path.of(form.group(1)), weight);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "' is no FILE[:WEIGHT]: " + e.getMessage());
      }
    }
  }
}
