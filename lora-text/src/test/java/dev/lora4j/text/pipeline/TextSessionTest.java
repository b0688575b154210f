package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.generate.LogProbabilities;
import dev.lora4j.text.generate.Room;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that come and go, against each alone. */
class TextSessionTest {
  @TempDir private static Path temporary;
  private static Lora4j lora;
  private static LanguageModel model;
  private static Adapter cat;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(temporary.resolve("model")));
    TextDataSet data =
        new TextDataSet(TextForm.TEXT, List.of(new TextExample.Plain("The cat sat on the mat.")));
    cat =
        TextTrainer.on(model, TextTrainingSettings.DEFAULT.steps(60, 2e-2).batch(1))
            .data(data)
            .run(done -> {})
            .adapter();
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static TextPrompt the(MixPlan mix) {
    return TextPrompt.of("The").tokens(8).mix(mix);
  }

  private static List<SessionText> rest(TextSession session) {
    List<SessionText> done = new ArrayList<>();
    while (session.live() > 0) {
      done.addAll(session.step());
    }
    return done;
  }

  @Test
  void textsEqualThoseAlone() {
    MixPlan one = MixPlan.of(cat, 1);
    List<TextPrompt> prompts =
        List.of(
            the(one),
            the(MixPlan.NONE).logProbabilities(LogProbabilities.likeliest(3)),
            the(one).stops(List.of("on the", "sat o")),
            the(one.route(Route.MERGED)),
            TextPrompt.of("The dog").sampling(SamplingSettings.at(1)).seed(3).tokens(30),
            TextPrompt.of("The dog ran").tokens(1000));
    try (TextSession session = model.session(CacheLimits.rows(3))) {
      List<SessionText> texts = new ArrayList<>();
      for (TextPrompt prompt : prompts) {
        while (session.room(prompt) != Room.FREE) {
          session.step();
        }
        texts.add(session.join(prompt).orElseThrow());
      }
      rest(session);
      for (int i = 0; i < prompts.size(); i++) {
        Completion alone = model.generate(prompts.get(i));
        Completion found = texts.get(i).completion().orElseThrow();
        assertEquals(alone.text(), found.text());
        assertEquals(alone.tokens(), found.tokens());
        assertEquals(alone.ending(), found.ending());
        assertEquals(i == 1 ? found.tokens().size() : 0, found.choices().size());
      }
      assertEquals(Completion.Ending.STOP, texts.get(2).completion().orElseThrow().ending());
    }
  }

  @Test
  void streamedPiecesAreTheText() {
    try (TextSession session = model.session(CacheLimits.rows(2))) {
      List<String> pieces = new ArrayList<>();
      TextPrompt prompt = the(MixPlan.of(cat, 1)).tokens(30).stops(List.of("never"));
      assertTrue(session.join(prompt, "", pieces::add).isPresent());
      SessionText done = rest(session).get(0);
      assertEquals(done.completion().orElseThrow().text(), String.join("", pieces));
      assertTrue(pieces.size() > 3);
    }
  }

  @Test
  void cancelledTextKeepsWhatCame() {
    try (TextSession session = model.session(CacheLimits.rows(2))) {
      SessionText text = session.join(the(MixPlan.of(cat, 1))).orElseThrow();
      SessionText other = session.join(the(MixPlan.NONE)).orElseThrow();
      session.step();
      session.step();
      CompletableFuture.runAsync(text::cancel).join();
      assertEquals(List.of(text), session.step());
      Completion cancelled = text.completion().orElseThrow();
      assertEquals(Completion.Ending.CANCELLED, cancelled.ending());
      assertEquals(2, cancelled.tokens().size());
      rest(session);
      assertEquals(model.generate(the(MixPlan.NONE)), other.completion().orElseThrow());
    }
  }

  @Test
  void failingListenerEndsItsTextAlone() {
    try (TextSession session = model.session(CacheLimits.rows(2))) {
      SessionText broken =
          session
              .join(
                  the(MixPlan.of(cat, 1)),
                  "",
                  piece -> {
                    throw new IllegalStateException("gone");
                  })
              .orElseThrow();
      SessionText other = session.join(the(MixPlan.of(cat, 1))).orElseThrow();
      assertEquals(2, rest(session).size());
      assertEquals("gone", broken.failure().orElseThrow().getMessage());
      assertTrue(broken.completion().isEmpty());
      assertTrue(other.completion().isPresent());
    }
  }

  @Test
  void fullSessionTakesNoMore() {
    try (TextSession session = model.session(CacheLimits.rows(1))) {
      assertTrue(session.join(the(MixPlan.NONE)).isPresent());
      assertEquals(Room.NO_ROW, session.room(the(MixPlan.NONE)));
      assertTrue(session.join(the(MixPlan.NONE)).isEmpty());
      rest(session);
      assertTrue(session.join(the(MixPlan.NONE)).isPresent());
    }
  }

  @Test
  void invalidPromptsAreRefused() {
    try (TextSession session = model.session(CacheLimits.rows(1))) {
      assertThrows(IllegalArgumentException.class, () -> session.join(TextPrompt.of("")));
      TextPrompt longer = TextPrompt.of("cat dog ".repeat(100));
      assertThrows(IllegalArgumentException.class, () -> session.join(longer));
      assertEquals(0, session.live());
    }
  }

  @Test
  void sessionsLeaveNoNativeMemory() {
    openedAndClosed();
    int before = model.scope().size();
    for (int i = 0; i < 5; i++) {
      openedAndClosed();
    }
    assertEquals(before, model.scope().size());
  }

  private static void openedAndClosed() {
    try (TextSession session = model.session(CacheLimits.rows(2))) {
      assertTrue(session.join(the(MixPlan.of(cat, 1))).isPresent());
      rest(session);
    }
  }
}
