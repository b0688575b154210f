package dev.lora4j.flow;

import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A tiny pipeline and the numbers that diffusers computed of it.
 *
 * @param pipeline the pipeline
 * @param folder of its adapters and of {@code expected.safetensors}
 * @param guidance scale of its pictures
 * @param inputs names of the transformer's inputs in the file, by those of lora4j
 * @param fromText share of the greatest number that what follows from a text may be away
 */
public record GoldenPipeline(
    TinyPipeline pipeline,
    Path folder,
    double guidance,
    Map<String, String> inputs,
    double fromText) {
  /** Share of the greatest number that others may be away. */
  public static final double CLOSE = 1e-5;

  /** Copies the names. */
  public GoldenPipeline {
    inputs = Map.copyOf(inputs);
  }

  /** What follows from a text is as close as the rest. */
  public GoldenPipeline(
      TinyPipeline pipeline, Path folder, double guidance, Map<String, String> inputs) {
    this(pipeline, folder, guidance, inputs, CLOSE);
  }

  private Path file() {
    return folder.resolve("expected.safetensors");
  }

  /** An adapter in the folder. */
  public Path adapter(String name) {
    return folder.resolve(name + ".safetensors");
  }

  /** An expected tensor. */
  public HostTensor expected(String name) {
    return Goldens.tensor(file(), name);
  }

  /** Requires the numbers of an expected tensor. */
  public void assertClose(String name, double[] found) {
    Goldens.assertClose(name, expected(name).doubles(), found, CLOSE);
  }

  /** Requires the numbers of an expected tensor that follow from a text. */
  public void assertFromText(String name, double[] found) {
    Goldens.assertClose(name, expected(name).doubles(), found, fromText);
  }

  /** Inputs of a prediction of diffusers, of which some transformers have fewer. */
  public Map<String, Tensor> inputs(Scope scope, String run) {
    Set<String> names;
    try (TensorStore store = TensorStore.open(file())) {
      names = Set.copyOf(store.tensors().keySet());
    }
    Map<String, Tensor> data = new HashMap<>();
    inputs.forEach(
        (ours, theirs) -> {
          String name = run + "." + theirs;
          if (names.contains(name)) {
            data.put(ours, expected(name).on(scope));
          }
        });
    return data;
  }

  /** Prompt of diffusers' pictures. */
  public Prompt prompt() {
    return Prompt.of(Goldens.PROMPT).seed(7).steps(4).size(24, 16).guidance(guidance);
  }
}
