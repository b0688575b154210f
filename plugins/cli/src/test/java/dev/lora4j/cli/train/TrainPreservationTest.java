package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A style is trained while the base is kept where the trigger is not said. */
class TrainPreservationTest {
  private static final String CLASS = "--set=preservation.class=a drawing";
  @TempDir private Path folder;
  private Path adapter = Path.of("");

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    adapter = folder.resolve("style.safetensors");
  }

  private Run train(Object... more) {
    List<Object> words = new ArrayList<>(List.of("--targets=attention", "--steps=2"));
    words.addAll(List.of(more));
    return new SmallTraining(folder).train(words.toArray());
  }

  @Test
  void headerAndReportSayWhatIsKept() {
    Run run = train("--trigger=zkw", CLASS, "--dropout=0.1");
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.err().contains("without zkw, with \"a drawing\" in its place, which counts 1"),
        run.err());
    assertTrue(run.err().contains("--dropout 0 is meant"), run.err());
    try (Safetensors file = Safetensors.open(adapter)) {
      assertEquals("a drawing", file.metadata().get("lora4j_preservation_class"));
    }
  }

  @Test
  void stoppedRunGoesOnWithTheSameClassAlone() throws IOException {
    Run whole = train("--trigger=zkw", CLASS, "--dropout=0", "--set=save.keep=5");
    assertEquals(0, whole.code(), whole.err());
    Files.delete(folder.resolve("style.run/checkpoints/step-000002.safetensors"));
    Files.delete(adapter);
    String weight = "--set=preservation.weight=2";
    Run refused =
        train("--trigger=zkw", CLASS, "--dropout=0", "--set=save.keep=5", weight, "--resume");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("preservation"), refused.err());
    Run resumed = train("--trigger=zkw", CLASS, "--dropout=0", "--set=save.keep=5", "--resume");
    assertEquals(identity(whole), identity(resumed));
  }

  private static String identity(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.out().replaceFirst("(?s).*identity (\\w+).*", "$1");
  }

  @Test
  void whereItCannotActItIsRefused() {
    Run none = train(CLASS);
    assertTrue(none.code() != 0, none.err());
    assertTrue(none.err().contains("there is none: say the word"), none.err());
    Run unheard = train(CLASS, "--set=trigger_words=zkw");
    assertTrue(unheard.code() != 0, unheard.err());
    assertTrue(unheard.err().contains("no caption has zkw"), unheard.err());
    Run text = train("--trigger=zkw", CLASS, "--set=adapter.text_encoder=true");
    assertEquals(2, text.code(), text.err());
    assertTrue(text.err().contains("take adapter.text_encoder"), text.err());
    Run few = train("--trigger=zkw", CLASS, "--preset=few-steps");
    assertEquals(2, few.code(), few.err());
    assertTrue(few.err().contains("preservation.class has no effect"), few.err());
    assertFalse(Files.exists(adapter));
  }

  @Test
  void weightAloneLeavesTheTriggerOut() {
    Run run =
        Run.of(
            "plan",
            "--images=" + folder.resolve("pictures"),
            "-o",
            adapter,
            Run.BASE,
            "--compute=f32",
            "--trigger=zkw",
            "--dropout=0",
            "--set=preservation.weight=0.5");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("for captions without zkw, which counts 0.5"), run.out());
  }
}
