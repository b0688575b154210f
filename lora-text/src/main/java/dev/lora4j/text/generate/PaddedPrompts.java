package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Shape;
import java.util.List;

/**
 * Prompts side by side, padded on the right; each [starts, tokens].
 *
 * @param ids tokens, 0 for padding
 * @param present 1 for tokens, 0 for padding
 * @param positions 0, 1, ... in each row
 */
@SuppressWarnings("ArrayRecordComponent") // handed to tensors as they are, and never compared
record PaddedPrompts(Shape shape, long[] ids, long[] present, long[] positions) {
  static PaddedPrompts of(List<GenerationRequest> starts) {
    int longest = starts.stream().mapToInt(s -> s.prompt().length).max().orElse(1);
    int size = starts.size() * longest;
    PaddedPrompts all =
        new PaddedPrompts(
            Shape.of(starts.size(), longest), new long[size], new long[size], new long[size]);
    for (int i = 0; i < size; i++) {
      int[] prompt = starts.get(i / longest).prompt();
      int place = i % longest;
      boolean there = place < prompt.length;
      all.ids[i] = there ? prompt[place] : 0;
      all.present[i] = there ? 1 : 0;
      all.positions[i] = place;
    }
    return all;
  }
}
