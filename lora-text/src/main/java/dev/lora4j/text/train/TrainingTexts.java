package dev.lora4j.text.train;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.data.TokenSequences;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderFeatures;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The texts of a run.
 *
 * @param learned those that are learned
 * @param heldOut those to validate by
 * @param notes what of the data is not among them, as sentences for the user
 */
record TrainingTexts(List<TokenSequence> learned, List<TokenSequence> heldOut, List<String> notes) {
  static final TrainingTexts NONE = new TrainingTexts(List.of(), List.of(), List.of());

  /** Copies its lists. */
  TrainingTexts {
    learned = List.copyOf(learned);
    heldOut = List.copyOf(heldOut);
    notes = List.copyOf(notes);
  }

  /**
   * The texts of a data set.
   *
   * @param settings how large a share is held out
   * @param dividing makes tokens of a part of the data
   */
  static TrainingTexts of(
      TextDataSet data,
      TextTrainingSettings settings,
      Function<TextDataSet, TokenSequences> dividing) {
    DividedExamples<TokenSequence> parts =
        DividedExamples.of(
            data,
            settings,
            dividing,
            TokenSequences::sequences,
            part -> part.notes(settings.limits()));
    return new TrainingTexts(parts.learned(), parts.heldOut(), parts.notes());
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

  /** Held-out sequences, in batches of their order. */
  List<List<TokenSequence>> validation(int batch) {
    List<List<TokenSequence>> all = new ArrayList<>();
    for (int from = 0; from < heldOut.size(); from += batch) {
      all.add(heldOut.subList(from, Math.min(heldOut.size(), from + batch)));
    }
    return all;
  }

  /** Adds all that a checkpoint depends on, so that another run does not resume from it. */
  CheckpointPolicy identified(
      CheckpointPolicy keeping, TextModel base, TextTrainingSettings settings) {
    Map<String, String> identity = new HashMap<>(keeping.identity());
    if (keeping.checkpoints().isPresent()) {
      identity.putAll(identity(base, settings));
      // The best step by others is not the best by these.
      identity.put("texts held out", digest(heldOut));
    }
    return keeping.identity(identity);
  }

  /** Identity of all that a step depends on. */
  Map<String, String> identity(TextModel base, TextTrainingSettings settings) {
    Map<String, String> identity = new HashMap<>(parts(settings));
    identity.put("base", base.hash());
    identity.put("compute", base.options().text());
    identity.put("texts", digest(learned));
    return identity;
  }

  /** Parts of the identity, so that a message names the changed ones alone. */
  private static Map<String, String> parts(TextTrainingSettings settings) {
    TrainingSettings training = settings.training();
    return Map.ofEntries(
        Map.entry("recipe", settings.recipe().canonical()),
        Map.entry("limits", settings.limits().canonical()),
        Map.entry("batch", String.valueOf(settings.batch())),
        Map.entry("optimizer", training.optimizer().canonical()),
        Map.entry("rate", CanonicalForm.text(training.rate())),
        Map.entry("schedule", training.schedule().canonical()),
        Map.entry("accumulate", String.valueOf(training.accumulate())),
        Map.entry("clip", CanonicalForm.text(training.clip())),
        Map.entry("average", CanonicalForm.text(training.averageDecay())),
        Map.entry("greatest norm", CanonicalForm.text(training.maxNorm())),
        Map.entry("seed", String.valueOf(training.seed())),
        Map.entry("stored", training.stored().name()));
  }

  /** Digest of texts in their order. */
  static String digestOf(List<String> texts) {
    MessageDigest digest = Digests.sha256();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return Digests.hex(digest);
  }

  static String digest(List<TokenSequence> sequences) {
    MessageDigest digest = Digests.sha256();
    for (TokenSequence s : sequences) {
      String text =
          Arrays.toString(s.ids()) + Arrays.toString(s.counted()) + Arrays.toString(s.target());
      String features = s.features().map(EncoderFeatures::digest).orElse("");
      String whole = (s.label() < 0 ? text : text + s.label()) + features;
      digest.update(whole.getBytes(StandardCharsets.UTF_8));
    }
    return Digests.hex(digest);
  }
}
