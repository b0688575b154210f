package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.generate.PictureSize;
import dev.lora4j.cli.model.ThreadsOption;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mix.WeightCurve.Point;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class OptionFormsTest {
  @Test
  void adapterOptionTakesWeightAndSteps() {
    assertEquals(
        new LoraOption(Path.of("a.safetensors"), Optional.empty(), Optional.empty()),
        lora("a.safetensors"));
    assertEquals(Weight.of(1), lora("a.safetensors").weight());
    assertEquals(Weight.of(-0.5), lora("a.safetensors:-0.5").weight());
    assertEquals(Weight.steps(0.5, 1, 0.7), lora("a.safetensors:0.7:0.5-1").weight());
    assertEquals(
        Weight.curve(new Point(0, 0), new Point(1, 0.5), new Point(0.2, 1)),
        lora("a.safetensors:0@0,1@0.5,0.2@1").weight());
    assertEquals("0@0,1@1:cosine", lora("a.safetensors:0@0,1@1:cosine").weight().text());
    assertEquals(Path.of("C:\\ink.safetensors"), lora("C:\\ink.safetensors:1").file());
    assertThrows(TypeConversionException.class, () -> lora("a.safetensors:1:0.5-2"));
    assertThrows(TypeConversionException.class, () -> lora("a.safetensors:1.2.3"));
    assertThrows(TypeConversionException.class, () -> lora("a.safetensors:1@0.5,0@0.2"));
  }

  private static LoraOption lora(String text) {
    return new LoraOption.Reader().convert(text);
  }

  @Test
  void sizesAreWidthByHeight() {
    assertEquals(new PictureSize(512, 768), new PictureSize.Reader().convert("512x768"));
    assertThrows(TypeConversionException.class, () -> new PictureSize.Reader().convert("0x64"));
  }

  @Test
  void threadsAreCountedFromOne() {
    assertEquals(3, new ThreadsOption.Count().convert("3"));
    for (String wrong : List.of("0", "-2", "many", "1.5")) {
      TypeConversionException refused =
          assertThrows(
              TypeConversionException.class, () -> new ThreadsOption.Count().convert(wrong));
      assertTrue(String.valueOf(refused.getMessage()).contains("found " + wrong));
    }
  }

  @Test
  void pictureNumbersArePaddedForSorting() {
    assertEquals(Path.of("a/b.png"), OutputFile.numbered(Path.of("a/b.png"), 0, 1));
    assertEquals(Path.of("a/b-03.png"), OutputFile.numbered(Path.of("a/b.png"), 2, 12));
  }

  @Test
  void textOutOfFilesCannotSteerTheTerminal() {
    assertEquals("\\u001b[31mred", Printable.of("\u001b[31mred", 20));
    assertEquals("a\\u202eb c", Printable.of("a\u202eb\nc", 20));
    assertEquals("abc…", Printable.of("abcdef", 4));
  }

  @Test
  void suggestedCommandsCanBeCopied() {
    assertTrue(Invocation.of("generate", "a fox").endsWith(" generate 'a fox'"));
    assertTrue(Invocation.of("it's").endsWith(" 'it'\\''s'"));
  }
}
