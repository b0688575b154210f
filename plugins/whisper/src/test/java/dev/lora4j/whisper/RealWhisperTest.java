package dev.lora4j.whisper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.Lora4j;
import dev.lora4j.whisper.audio.Wave;
import dev.lora4j.whisper.ctranslate.CTranslateWhisper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whisper tiny.en, as {@code real_models.py} fetches it, against transformers. */
@Tag("real-models")
class RealWhisperTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void tinyEnglishWritesWhatTransformersWrites() throws IOException {
    Path model = Path.of(System.getProperty("lora4j.real-models", ""));
    Path made = folder.resolve("tiny.en");
    CTranslateWhisper.write(model.resolve("whisper-tiny.en-ctranslate2"), made);
    JsonObject golden =
        JsonParser.parseString(Files.readString(Goldens.RESOURCES.resolve("tiny-en.json")))
            .getAsJsonObject();
    Wave sentence = Wave.read(Goldens.RESOURCES.resolve("sentence.wav"));
    try (Lora4j lora = Lora4j.open();
        SpeechModel whisper = SpeechModel.open(lora, made)) {
      assertSame(golden.getAsJsonObject("greedy"), whisper.transcribe(sentence));
      TranscriptRequest beams = TranscriptRequest.PLAIN.beams(5);
      assertSame(
          golden.getAsJsonObject("beams"), whisper.transcribe(List.of(sentence), beams).get(0));
    }
  }

  private static void assertSame(JsonObject expected, Transcript found) {
    JsonArray tokens = expected.getAsJsonArray("tokens");
    assertEquals(
        StreamSupport.stream(tokens.spliterator(), false).map(t -> t.getAsInt()).toList(),
        found.windows().get(0).tokens());
    assertEquals(expected.get("text").getAsString(), found.text());
  }
}
