package dev.lora4j.text.train;

import dev.lora4j.core.format.metadata.Digests;
import dev.lora4j.core.train.run.Keeping;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts of a run.
 *
 * @param learned those that are learned
 * @param heldOut those to validate by
 */
record TrainingTexts(List<TokenSequence> learned, List<TokenSequence> heldOut) {
  static final TrainingTexts NONE = new TrainingTexts(List.of(), List.of());

  /** Copies its lists. */
  TrainingTexts {
    learned = List.copyOf(learned);
    heldOut = List.copyOf(heldOut);
  }

  /** Refuses a run without texts, or with one that is longer than the model reads. */
  void requireFor(TextModel base) {
    if (learned.isEmpty()) {
      throw new IllegalArgumentException("There are no texts to train on.");
    }
    int longest = base.network().longest();
    learned.stream()
        .filter(s -> s.length() > longest)
        .findFirst()
        .ifPresent(
            s -> {
              throw new IllegalArgumentException(
                  "A text has "
                      + s.length()
                      + " tokens, but this model reads at most "
                      + longest
                      + "; cut texts to that (max_length).");
            });
  }

  /** What is held out, in batches of the order it has. */
  List<List<TokenSequence>> validation(int batch) {
    List<List<TokenSequence>> all = new ArrayList<>();
    for (int from = 0; from < heldOut.size(); from += batch) {
      all.add(heldOut.subList(from, Math.min(heldOut.size(), from + batch)));
    }
    return all;
  }

  /** With all that a checkpoint depends on, so that another run does not go on with it. */
  Keeping identified(Keeping keeping, TextModel base, TextTrainingSettings settings) {
    Map<String, String> identity = new HashMap<>(keeping.identity());
    if (keeping.checkpoints().isPresent()) {
      identity.put("base", base.hash());
      identity.put("settings", settings.toString());
      MessageDigest digest = Digests.sha256();
      for (TokenSequence s : learned) {
        String text =
            Arrays.toString(s.ids()) + Arrays.toString(s.counted()) + Arrays.toString(s.target());
        String whole = s.label() < 0 ? text : text + s.label();
        digest.update(whole.getBytes(StandardCharsets.UTF_8));
      }
      identity.put("texts", Digests.hex(digest));
    }
    return new Keeping(
        keeping.checkpoints(),
        keeping.every(),
        keeping.keep(),
        keeping.resume(),
        identity,
        keeping.validateEvery(),
        keeping.keepBest(),
        keeping.previewEvery());
  }
}
