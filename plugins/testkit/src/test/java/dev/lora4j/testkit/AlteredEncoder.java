package dev.lora4j.testkit;

import dev.lora4j.core.model.text.EncodedText;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A text encoder with one fault. */
final class AlteredEncoder implements TextEncoderNetwork {
  /** What is wrong with it. */
  enum Fault {
    IDENTITY,
    NAMES,
    FRAME,
    PIECES,
    WIDTH,
    BATCH,
    VIEW,
    VECTORS
  }

  private final TextEncoderNetwork sound;
  private final Fault fault;

  AlteredEncoder(TextEncoderNetwork sound, Fault fault) {
    this.sound = sound;
    this.fault = fault;
  }

  @Override
  public int places() {
    return sound.places();
  }

  @Override
  public int width() {
    return sound.width();
  }

  @Override
  public int pooledWidth() {
    return sound.pooledWidth();
  }

  @Override
  public List<String> names(String weight) {
    return fault == Fault.NAMES ? List.of("old." + weight) : sound.names(weight);
  }

  @Override
  public EncodedText stage(
      Weights weights, TextEncoderInputs tokens, DType compute, HiddenView view) {
    TextEncoderInputs seen =
        fault == Fault.VECTORS
            ? new TextEncoderInputs(tokens.ids(), tokens.end(), Optional.empty())
            : tokens;
    HiddenView last = fault == Fault.VIEW ? HiddenLayer.LAST : view;
    EncodedText made = sound.stage(weights, seen, compute, last);
    Expr hidden = made.hidden();
    return switch (fault) {
      case WIDTH -> new EncodedText(hidden.cat(-1, hidden), made.pooled());
      case BATCH -> new EncodedText(hidden.add(hidden.mean(0)), made.pooled());
      default -> made;
    };
  }

  @Override
  public PromptTokenizer tokenizer(Path folder) {
    return new Tokenizer(sound.tokenizer(folder), fault, new AtomicInteger());
  }

  private record Tokenizer(PromptTokenizer sound, Fault fault, AtomicInteger calls)
      implements PromptTokenizer {
    @Override
    public int maxLength() {
      return sound.maxLength();
    }

    @Override
    public int room() {
      return sound.room();
    }

    @Override
    public int before() {
      return sound.before();
    }

    @Override
    public int placeholder() {
      return sound.placeholder();
    }

    @Override
    public int[] pieces(String text) {
      int[] pieces = sound.pieces(text);
      // Texts of one token are cut alike, so that only who compares all sees it.
      boolean moody = fault == Fault.PIECES && pieces.length > 4 && pieces.length < 100;
      return moody && calls.incrementAndGet() % 2 == 0 ? Arrays.copyOf(pieces, 1) : pieces;
    }

    @Override
    public int[] framed(int[] pieces) {
      int[] framed = sound.framed(pieces);
      return fault == Fault.FRAME && pieces.length == sound.room()
          ? Arrays.copyOf(framed, framed.length + 1)
          : framed;
    }

    @Override
    public int end(int[] framed) {
      return sound.end(framed);
    }

    @Override
    public void close() {
      sound.close();
    }
  }

  @Override
  public boolean equals(Object other) {
    return fault != Fault.IDENTITY
        && other instanceof AlteredEncoder that
        && sound.equals(that.sound);
  }

  @Override
  public int hashCode() {
    return sound.hashCode();
  }

  @Override
  public String canonical() {
    return sound.canonical();
  }
}
