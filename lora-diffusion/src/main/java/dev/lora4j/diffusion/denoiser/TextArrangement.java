package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Arrangement of the outputs of a base's text encoders in the text conditioning of its denoiser:
 * stretches of tokens, one after the other. Encoders of one stretch stand side by side, token by
 * token; a stretch that is narrower than the denoiser takes is filled up with zeros. Pooled texts
 * stand side by side in the order of the encoders. An encoder may give its pooled text alone.
 *
 * @param parts one for each text encoder, in their order
 * @param emptyTokens tokens of zeros behind all stretches, for an encoder that is left out
 */
public record TextArrangement(List<Part> parts, int emptyTokens) {
  /**
   * Place of one encoder's outputs.
   *
   * @param stretch number of its stretch, from 0; never less than that of the encoder before
   * @param tokens number of tokens that it is given at once; 0 for all its places
   * @param layer layer whose hidden states are taken, or several
   * @param skips whether a clip skip leaves out layers of it beyond that
   * @param output what of its outputs is taken
   * @param frame what stands around a prompt
   */
  public record Part(
      int stretch, int tokens, HiddenView layer, boolean skips, Output output, PromptFrame frame) {
    /** Place of an encoder that reads prompts as its tokeniser frames them. */
    public Part(int stretch, int tokens, HiddenView layer, boolean skips, Output output) {
      this(stretch, tokens, layer, skips, output, PromptFrame.PLAIN);
    }

    /** Place of an encoder whose words are taken, and its pooled text if {@code pooled}. */
    public Part(int stretch, int tokens, HiddenView layer, boolean skips, boolean pooled) {
      this(stretch, tokens, layer, skips, pooled ? Output.WORDS_AND_POOLED : Output.WORDS);
    }

    /** True if its hidden states stand for the words. */
    public boolean words() {
      return output != Output.END;
    }

    /** True if it gives a pooled text. */
    public boolean pooled() {
      return output == Output.WORDS_AND_POOLED || output == Output.END;
    }

    /** True if it gives hidden states up to the end of each text alone. */
    public boolean ends() {
      return output == Output.TEXT;
    }

    /** True if the ends of texts count for what is made of its outputs or for the encoder. */
    public boolean endsCount(TextEncoderNetwork encoder) {
      return pooled() || ends() || encoder.masksPadding();
    }

    /** A copy that is given so many tokens at once. */
    Part given(int other) {
      return new Part(stretch, other, layer, skips, output, frame);
    }

    /** A copy for prompts in another frame. */
    public Part framed(PromptFrame other) {
      return new Part(stretch, tokens, layer, skips, output, other);
    }

    /**
     * Hidden states that are taken.
     *
     * @param clipSkip layers to leave out beyond what the base leaves out
     */
    public HiddenView view(int clipSkip) {
      if (!skips) {
        return layer;
      }
      HiddenLayer one = layer.single();
      return new HiddenLayer(one.skip() + clipSkip, one.normed());
    }

    /** True if the base looks at layers before the last by itself. */
    public boolean looksBefore() {
      return !(layer instanceof HiddenLayer one) || one.skip() > 0;
    }

    /** Numbers that stand for each token. */
    public int width(TextEncoderNetwork encoder) {
      return layer.count() * encoder.width();
    }
  }

  /** Outputs of an encoder that are taken. */
  public enum Output {
    /** The hidden states of its tokens. */
    WORDS,
    /**
     * The hidden states of its tokens up to the end of each text. Zeros stand for those behind it,
     * and the tokens of a long text follow each other without padding between.
     */
    TEXT,
    /**
     * The hidden states of its tokens, and its pooled text, {@link TextEncoderNetwork#pooledWidth}
     * numbers.
     */
    WORDS_AND_POOLED,
    /**
     * The hidden state at the end of each text alone, which is its pooled text, {@link
     * TextEncoderNetwork#width} numbers. Its stretch gets no tokens of it.
     */
    END
  }

  /** Copies the list, and checks that stretches follow each other, none cut beside another. */
  public TextArrangement {
    parts = List.copyOf(parts);
    int last = 0;
    for (Part part : parts) {
      if (part.stretch() < last || part.stretch() > last + 1) {
        throw new IllegalArgumentException(
            "Stretches of text follow each other, found " + part.stretch() + " after " + last);
      }
      last = part.stretch();
      int stretch = last;
      if (part.ends() && parts.stream().filter(p -> p.stretch() == stretch).count() > 1) {
        throw new IllegalArgumentException(
            "Encoders of one stretch are read token by token, so that none may end before others.");
      }
    }
  }

  /**
   * One stretch of all encoders, as Stable Diffusion and XL have it. A denoiser that takes a pooled
   * text gets that of the last encoder, and then the last layer but one of all.
   *
   * @param encoders by name, in their order
   * @throws IllegalArgumentException if they do not fit the denoiser
   */
  static TextArrangement sideBySide(
      DenoiserNetwork denoiser, Map<String, TextEncoderNetwork> encoders) {
    boolean told = denoiser.pooledWidth() > 0;
    int width = 0;
    List<Part> parts = new ArrayList<>();
    for (Map.Entry<String, TextEncoderNetwork> encoder : encoders.entrySet()) {
      boolean last = parts.size() == encoders.size() - 1;
      if (told && last && encoder.getValue().pooledWidth() == 0) {
        throw new IllegalArgumentException(
            encoder.getKey()
                + " gives no pooled text, as a CLIPTextModelWithProjection does, but this denoiser is"
                + " told it.");
      }
      width += encoder.getValue().width();
      parts.add(new Part(0, 0, new HiddenLayer(told ? 1 : 0, !told), true, told && last));
    }
    if (width != denoiser.crossAttentionDim()) {
      throw new IllegalArgumentException(
          "the denoiser takes texts of width "
              + denoiser.crossAttentionDim()
              + ", but the text encoders together give "
              + width
              + ".");
    }
    return new TextArrangement(parts, 0);
  }

  /**
   * A copy whose encoders of a stated number of tokens, and those that are left out, have no more
   * than {@code most}. Encoders that are given all their places keep them.
   *
   * @throws IllegalArgumentException if no token of an encoder would be left
   */
  public TextArrangement within(int most) {
    if (most < 1 && parts.stream().anyMatch(part -> part.tokens() > 0)) {
      throw new IllegalArgumentException(
          "At most " + most + " tokens of a text leave nothing of one; expected 1 or more.");
    }
    List<Part> fewer = parts.stream().map(p -> p.tokens() > most ? p.given(most) : p).toList();
    return new TextArrangement(fewer, Math.min(emptyTokens, most));
  }

  /** Number of stretches of encoders. */
  public int stretches() {
    return parts.isEmpty() ? 0 : parts.get(parts.size() - 1).stretch() + 1;
  }

  /**
   * True if the words of all encoders stand side by side, so that they read the same tokens, and a
   * long text may be cut into chunks. A message of a chat is one text.
   */
  public boolean together() {
    return stretches() <= 1
        && parts.stream().allMatch(p -> p.words() && !p.ends() && p.frame().chat().isEmpty());
  }

  /**
   * Refuses a clip skip if it would count for no encoder.
   *
   * @param clipSkip layers to leave out beyond what the base leaves out
   * @throws IllegalArgumentException if so
   */
  public void requireClipSkip(int clipSkip) {
    if (clipSkip > 0 && parts.stream().noneMatch(Part::skips)) {
      throw new IllegalArgumentException(
          "This base always takes the same layers of its text encoders, so it takes no clip skip;"
              + " leave it out.");
    }
  }

  /**
   * Number of tokens that an encoder is given at once.
   *
   * @param index its place among the encoders
   */
  public int tokens(int index, TextEncoderNetwork encoder) {
    int asked = parts.get(index).tokens();
    return asked == 0 ? encoder.places() : Math.min(asked, encoder.places());
  }
}
