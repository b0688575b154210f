package dev.lora4j.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small BERT of random numbers, whose vocabulary knows few words. */
public final class SmallEncoder {
  private static final Path MODEL = Path.of("../../lora-text/src/test/resources/models/bert-plain");

  private SmallEncoder() {}

  /** Writes it; returns the folder. */
  public static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODEL.resolve(file), folder.resolve(file));
    }
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"version":"1.0","added_tokens":[],"pre_tokenizer":{"type":"WhitespaceSplit"},
         "model":{"type":"WordLevel","unk_token":"u",
          "vocab":{"u":0,"a":1,"red":2,"fox":3,"blue":4,"whale":5,"sings":6}}}
        """);
    return folder;
  }
}
