package dev.lora4j.text.gguf;

import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufTensor;
import dev.lora4j.core.model.ModelException;
import java.util.Optional;

/** The sizes that a file has under the keys of its architecture. */
record GgufSizes(GgufFile file, GgufArchitecture architecture) {
  /** Bound of sizes, which whoever reads the configuration bounds further. */
  static final int MOST = Integer.MAX_VALUE;

  /** The whole name of a key of the architecture. */
  String key(String name) {
    return architecture.key() + "." + name;
  }

  /** A size, if the file has it. */
  Optional<Integer> size(String name) {
    return atLeast(0, name);
  }

  /** A size of so much or more, if the file has it. */
  Optional<Integer> atLeast(int least, String name) {
    return file.metadata().whole(key(name), least, MOST);
  }

  /**
   * A size that the file must have.
   *
   * @throws dev.lora4j.core.gguf.GgufException if it has not
   */
  int needed(String name) {
    return size(name).orElseThrow(() -> file.metadata().lacking(key(name)));
  }

  /** A number, if the file has it. */
  Optional<Double> number(String name) {
    return file.metadata().real(key(name));
  }

  /**
   * A number that the file must have.
   *
   * @throws dev.lora4j.core.gguf.GgufException if it has not
   */
  double real(String name) {
    return number(name).orElseThrow(() -> file.metadata().lacking(key(name)));
  }

  /**
   * Number of tokens, which the table of tokens says.
   *
   * @throws ModelException if the file says another number too
   */
  int vocabulary() {
    GgufTensor table = file.tensor(GgufNames.EMBEDDING);
    if (table.shape().rank() != 2 || table.shape().size(0) > MOST) {
      throw new ModelException(
          file.path() + ": token_embd.weight is " + table.shape() + "; expected [tokens, width].");
    }
    int rows = (int) table.shape().size(0);
    size("vocab_size")
        .filter(found -> found != rows)
        .ifPresent(
            found -> {
              throw new ModelException(
                  "%s: '%s' is %d, but the rows of token_embd.weight are %d. The file is damaged."
                      .formatted(file.path(), key("vocab_size"), found, rows));
            });
    return rows;
  }

  /**
   * Requires a size to be another one, if the file has it.
   *
   * @throws ModelException if it is not
   */
  void requireSame(String name, int expected, String what) {
    size(name)
        .filter(found -> found != expected)
        .ifPresent(
            found -> {
              throw new ModelException(
                  "%s: '%s' is %d; only %d, %s, can be read."
                      .formatted(file.path(), key(name), found, expected, what));
            });
  }
}
