package dev.lora4j.cli;

import dev.lora4j.core.mix.Weight;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An adapter on the command line: {@code ink.safetensors:0.7:0.5-1}. */
record LoraOption(Path file, double value, double from, double to) {
  private static final Pattern FORM =
      Pattern.compile("(.+?)(?::([-+]?[0-9.]+)(?::([0-9.]+)-([0-9.]+))?)?");

  /** The weight as a mix takes it. */
  Weight weight() {
    return Weight.steps(from, to, value);
  }

  /** Reads the form above; what is left out is weight 1 and all steps. */
  static final class Reader implements ITypeConverter<LoraOption> {
    @Override
    public LoraOption convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException("expected FILE[:WEIGHT[:FROM-TO]], found '" + text + "'");
      }
      try {
        LoraOption option =
            new LoraOption(
                Path.of(form.group(1)),
                number(form.group(2), 1),
                number(form.group(3), 0),
                number(form.group(4), 1));
        option.weight();
        return option;
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "'" + text + "' is no FILE[:WEIGHT[:FROM-TO]]: " + e.getMessage());
      }
    }

    private static double number(@org.jspecify.annotations.Nullable String text, double otherwise) {
      return text == null ? otherwise : Double.parseDouble(text);
    }
  }
}
