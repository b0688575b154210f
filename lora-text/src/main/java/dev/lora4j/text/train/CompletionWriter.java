package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Writes completions with a model and adapters. What it draws depends on seed, step, prompt and
 * number in the group alone.
 */
final class CompletionWriter {
  private static final long DRAW = 31;

  private final LanguageModel model;
  private final PromptSequences prompts;
  private final Manner manner;
  private final long seed;
  private final Set<Integer> ends;

  /**
   * Manner of writing.
   *
   * @param group completions of each prompt
   * @param maxNewTokens the most tokens of one
   * @param longest the most tokens with the prompt
   * @param maskCut whether those that are cut count nothing
   */
  record Manner(
      SamplingSettings sampling, int group, int maxNewTokens, int longest, boolean maskCut) {}

  CompletionWriter(LanguageModel model, PromptSequences prompts, Manner manner, long seed) {
    this.model = model;
    this.prompts = prompts;
    this.manner = manner;
    this.seed = seed;
    this.ends = Set.copyOf(model.tokenizer().special().ends());
  }

  /**
   * A completion.
   *
   * @param sequence prompt with completion, of which the completion alone counts
   */
  record Written(Rollout rollout, TokenSequence sequence) {}

  /**
   * Writes completions of prompts, those of a prompt side by side.
   *
   * @param scope for what is needed on the way
   * @param step from 1; 0 for prompts that are held out
   * @param adapters of the model
   */
  List<Written> of(Scope scope, List<TokenSequence> asked, long step, MixPlan adapters) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int p = 0; p < asked.size(); p++) {
      int[] ids = asked.get(p).ids();
      int room = Math.min(manner.maxNewTokens(), manner.longest() - ids.length);
      for (int g = 0; g < manner.group(); g++) {
        long own = SeededNoise.of(seed, DRAW, step, p, g).bits();
        requests.add(
            new GenerationRequest(
                ids, room, ends, manner.sampling(), own, adapters, token -> false));
      }
    }
    List<GeneratedTokens> grown =
        new TextGenerator(model.programs()).groups(scope, requests, manner.group());
    List<Written> all = new ArrayList<>();
    for (int i = 0; i < grown.size(); i++) {
      TokenSequence prompt = asked.get(i / manner.group());
      all.add(new Written(rollout(prompt, grown.get(i)), sequence(prompt, grown.get(i))));
    }
    return all;
  }

  /** A prompt with a completion as long as there is room for, to see what it costs. */
  static TokenSequence longest(TokenSequence prompt, int maxNewTokens, int longest) {
    int begin = prompt.ids().length;
    int[] ids = Arrays.copyOf(prompt.ids(), Math.min(begin + maxNewTokens, longest));
    boolean[] counted = new boolean[ids.length];
    Arrays.fill(counted, begin, ids.length, true);
    return new TokenSequence(ids, counted, new int[0], -1);
  }

  private Rollout rollout(TokenSequence prompt, GeneratedTokens grown) {
    int[] all = grown.added();
    int[] text = grown.ended() ? Arrays.copyOf(all, all.length - 1) : all;
    return new Rollout(
        model.tokenizer().decode(prompt.ids(), false),
        model.tokenizer().decode(text, true),
        Arrays.stream(all).boxed().toList(),
        grown.ended(),
        prompts.line(prompt).columns(),
        prompts.line(prompt));
  }

  private TokenSequence sequence(TokenSequence prompt, GeneratedTokens grown) {
    int begin = prompt.ids().length;
    int[] ids = Arrays.copyOf(prompt.ids(), begin + grown.added().length);
    System.arraycopy(grown.added(), 0, ids, begin, grown.added().length);
    boolean[] counted = new boolean[ids.length];
    Arrays.fill(counted, begin, ids.length, grown.ended() || !manner.maskCut());
    return new TokenSequence(ids, counted, new int[0], -1);
  }
}
