package dev.lora4j.text.train;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Subject of on-policy distillation.
 *
 * @param completions of the prompts that are learned, in their order, each after its prompt; none
 *     where those of the data are not learned
 * @param listener receives what the student writes
 */
record OnPolicyTeaching(
    PromptSequences prompts,
    List<TokenSequence> completions,
    PolicyTeacher teacher,
    OnPolicySettings settings,
    RolloutListener listener) {
  private static final String ENTRY = "lora4j_teacher";

  /** Checks that all prompts have completions, or none. */
  OnPolicyTeaching {
    completions = List.copyOf(completions);
    int asked = settings.takesCompletions() ? prompts.learned().size() : 0;
    if (completions.size() != asked) {
      throw new IllegalArgumentException(
          "With a share of "
              + settings.share()
              + " of batches that the student writes, "
              + asked
              + " completions of the data are learned, and there are "
              + completions.size()
              + ".");
    }
  }

  /**
   * Refuses prompts that leave no room, and completions that are too long.
   *
   * @throws IllegalArgumentException if there are some, or the teacher does not fit
   */
  void requireFor(LanguageModel student) {
    teacher.requireFor(student);
    int longest = teacher.longest(student);
    for (List<TokenSequence> all : List.of(prompts.learned(), prompts.heldOut())) {
      for (TokenSequence prompt : all) {
        if (prompt.ids().length >= longest) {
          throw tooLong(student, "prompt", prompt, longest + " with the completion");
        }
      }
    }
    for (TokenSequence completion : completions) {
      if (completion.ids().length > longest) {
        throw tooLong(student, "prompt with its completion", completion, "" + longest);
      }
    }
  }

  private static IllegalArgumentException tooLong(
      LanguageModel student, String what, TokenSequence text, String most) {
    return new IllegalArgumentException(
        "A "
            + what
            + " has "
            + text.ids().length
            + " tokens, and the teacher reads at most "
            + most
            + ": "
            + student.tokenizer().decode(text.ids(), false).strip().lines().findFirst().orElse(""));
  }

  /** The most tokens that a completion has which is learned. */
  int longestCompletion() {
    return Math.max(
        settings.maxNewTokens(),
        completions.stream().mapToInt(TokenSequence::learned).max().orElse(0));
  }

  /** Manner in which a student writes. */
  CompletionWriter.Manner manner(LanguageModel student) {
    return new CompletionWriter.Manner(
        settings.sampling(),
        1,
        settings.maxNewTokens(),
        teacher.longest(student),
        settings.maskCut());
  }

  /** Parts of the run that a checkpoint depends on, beside the prompts. */
  Map<String, String> identity() {
    Map<String, String> all = new HashMap<>();
    all.put("objective", settings.canonical());
    all.put("teacher", described());
    if (!completions.isEmpty()) {
      all.put("completions", TrainingTexts.digest(completions));
    }
    return all;
  }

  /** Metadata in the header of the student. */
  Map<String, String> metadata() {
    return Map.of(ENTRY, described() + " " + settings.canonical());
  }

  /** The teacher by what it is: hash of the base, and identities and weights of its adapters. */
  private String described() {
    CanonicalForm form =
        CanonicalForm.of("PolicyTeacher").with("base", teacher.model().base().hash());
    float[] weights = teacher.adapters().at(0, 1);
    for (int i = 0; i < weights.length; i++) {
      form = form.with(teacher.adapters().adapters().get(i).identity(), Float.toString(weights[i]));
    }
    return form.text();
  }
}
