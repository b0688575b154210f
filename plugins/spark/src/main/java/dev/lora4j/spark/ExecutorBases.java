package dev.lora4j.spark;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The bases and adapters of one Java machine, each opened once, for all tasks that run in it. They
 * stay until the machine ends or they are {@linkplain #close closed}.
 */
public final class ExecutorBases {
  /** An adapter as it is read for a base. */
  private record ReadAdapter(ExecutorModel base, String hash) {}

  private static final OpenModels<ExecutorModel, StableDiffusion> BASES =
      new OpenModels<>((lora, source) -> source.open(lora), StableDiffusion::close);
  private static final Map<ReadAdapter, Adapter> ADAPTERS = new HashMap<>();

  private ExecutorBases() {}

  /**
   * A base, opened by whoever asks first.
   *
   * @throws dev.lora4j.core.model.ModelException if it cannot be opened; the message names this
   *     machine
   */
  public static StableDiffusion of(ExecutorModel place) {
    return BASES.of(place);
  }

  /** An adapter in a base, read by whoever asks first. */
  static synchronized Adapter adapter(ExecutorModel place, AdapterFile file) {
    ReadAdapter key = new ReadAdapter(place, file.hash());
    Adapter read = ADAPTERS.get(key);
    if (read == null) {
      read = read(of(place), file);
      ADAPTERS.put(key, read);
    }
    return read;
  }

  private static Adapter read(StableDiffusion base, AdapterFile file) {
    try {
      Path folder = Files.createTempDirectory("lora4j-spark");
      Path copy = folder.resolve(file.name() + ".safetensors");
      try {
        Files.write(copy, file.content());
        return base.adapter(copy);
      } catch (AdapterException e) {
        throw new AdapterException("The adapter " + file.name() + ": " + e.getMessage());
      } finally {
        Files.deleteIfExists(copy);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The adapter " + file.name() + " cannot be kept for reading on " + host() + ".", e);
    }
  }

  /** Name of this machine, for messages. */
  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "a machine without a name";
    }
  }

  /**
   * Closes all bases, and the judges; nothing may use them any more. For programs whose tasks run
   * in themselves.
   */
  public static synchronized void close() {
    ADAPTERS.clear();
    BASES.close();
    ExecutorJudges.close();
  }
}
