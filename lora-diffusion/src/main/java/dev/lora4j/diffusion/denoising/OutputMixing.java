package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.OutputMixer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.spi.ExtensionRequest;
import java.util.ArrayList;
import java.util.List;

/** A mixer's program that makes one output of those of a picture's plans. */
final class OutputMixing {
  private final Scope scope;
  private final Shape shape;
  private final int steps;
  private final Program program;

  /**
   * Stages the mixer.
   *
   * @param scope owner of the program
   * @param plans number of outputs that there will be
   * @param shape [1, channels, height, width] of each
   * @param steps of the picture
   * @throws IllegalArgumentException if it makes something else than one such output
   */
  OutputMixing(Scope scope, OutputMixer mixer, int plans, Shape shape, int steps) {
    this.scope = scope;
    this.shape = shape;
    this.steps = steps;
    Graph graph = new Graph();
    List<Expr> outputs = new ArrayList<>();
    for (int i = 0; i < plans; i++) {
      outputs.add(graph.input("output" + i, DType.F32, shape));
    }
    Expr whole = mixer.compose(outputs, graph.input("progress", DType.F32, Shape.of()));
    if (!whole.shape().equals(shape) || whole.dtype() != DType.F32) {
      throw new IllegalArgumentException(
          ExtensionRequest.of(mixer).name()
              + " composes outputs of F32 "
              + shape
              + " to "
              + whole.dtype()
              + " "
              + whole.shape()
              + "; it should make another of the same.");
    }
    program = graph.inference(scope, List.of(whole));
  }

  /** The output of a step. */
  float[] of(List<float[]> outputs, int step) {
    try (Scope work = scope.child("compose")) {
      List<Tensor> inputs = new ArrayList<>();
      outputs.forEach(output -> inputs.add(Tensor.of(work, shape, output)));
      inputs.add(Tensor.of(work, Shape.of(), (float) Weight.progress(step, steps)));
      return program.run(work, inputs).get(0).floats();
    }
  }
}
