package dev.lora4j.text.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePoolingTest {
  @TempDir private Path folder;

  private void write(String pooling, String more) throws IOException {
    Files.writeString(
        folder.resolve("modules.json"),
        ("[{'path':'','type':'sentence_transformers.models.Transformer'},"
                + "{'path':'1_Pooling','type':'sentence_transformers.models.Pooling'}%s]")
            .formatted(more)
            .replace('\'', '"'));
    Files.createDirectories(folder.resolve("1_Pooling"));
    Files.writeString(folder.resolve("1_Pooling/config.json"), pooling.replace('\'', '"'));
  }

  @Test
  void folderWithoutModulesHasPlainMeans() {
    assertEquals(
        new SentencePooling(EncoderOutput.MEAN, false, 512), SentencePooling.of(folder, 512));
  }

  @Test
  void modulesSayPoolingAndLength() throws IOException {
    write("{'pooling_mode_cls_token':true,'pooling_mode_mean_tokens':false}", "");
    Files.writeString(folder.resolve("sentence_bert_config.json"), "{\"max_seq_length\":128}");
    assertEquals(
        new SentencePooling(EncoderOutput.FIRST, false, 128), SentencePooling.of(folder, 512));
  }

  @Test
  void normedVectorsHaveLengthOne() throws IOException {
    write("{'pooling_mode_mean_tokens':true}", ",{'path':'2','type':'x.Normalize'}");
    SentencePooling pooling = SentencePooling.of(folder, 512);
    assertArrayEquals(new float[] {0.6f, -0.8f}, pooling.embedding(new float[] {3, -4}), 1e-6f);
    assertArrayEquals(new float[] {0, 0}, pooling.embedding(new float[] {0, 0}));
  }

  @Test
  void unknownStepsAreRefused() throws IOException {
    write("{'pooling_mode_mean_tokens':true}", ",{'path':'2','type':'x.Dense'}");
    ModelException dense =
        assertThrows(ModelException.class, () -> SentencePooling.of(folder, 512));
    assertTrue(String.valueOf(dense.getMessage()).contains("x.Dense"), dense.getMessage());
    write("{'pooling_mode_max_tokens':true}", "");
    ModelException greatest =
        assertThrows(ModelException.class, () -> SentencePooling.of(folder, 512));
    assertTrue(String.valueOf(greatest.getMessage()).contains("max_tokens"), greatest.getMessage());
  }
}
