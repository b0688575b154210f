package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values are PyTorch's. Inputs are named {@code CASE/NAME}, results {@code CASE/0} and on. */
class OperatorGoldensTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static List<OperatorFamily> families() {
    return OperatorFamilies.all();
  }

  @ParameterizedTest
  @MethodSource("families")
  void valuesAreThoseOfPyTorch(OperatorFamily family) throws URISyntaxException {
    Map<String, HostTensor> file = read(family);
    Graph graph = new Graph();
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    List<Expr> results = new ArrayList<>();
    List<HostTensor> expected = new ArrayList<>();
    List<Golden> of = new ArrayList<>();
    for (Golden golden : family.goldens()) {
      graph.enter(golden.name());
      List<Expr> staged = golden.stage().apply(name -> input(graph, file, inputs, golden, name));
      graph.leave();
      for (int i = 0; i < staged.size(); i++) {
        results.add(staged.get(i));
        expected.add(named(file, golden.name() + "/" + i));
        of.add(golden);
      }
    }
    try (Scope scope = ENGINE.scope("goldens")) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      inputs.forEach((name, value) -> tensors.put(name, value.on(scope)));
      List<Tensor> found = graph.inference(scope, results).run(scope, tensors);
      for (int i = 0; i < found.size(); i++) {
        compare(of.get(i), expected.get(i), HostTensor.of(found.get(i)));
      }
    }
    Set<String> used = of.stream().map(Golden::name).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(cases(file), used, "cases of the file and of the family");
  }

  private static Set<String> cases(Map<String, HostTensor> file) {
    return file.keySet().stream()
        .map(name -> name.substring(0, name.lastIndexOf('/')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Expr input(
      Graph graph,
      Map<String, HostTensor> file,
      Map<String, HostTensor> inputs,
      Golden golden,
      String name) {
    String full = golden.name() + "/" + name;
    HostTensor value = named(file, full);
    assertTrue(inputs.put(full, value) == null, full + " is declared twice");
    return graph.input(full, value.dtype(), value.shape());
  }

  private static HostTensor named(Map<String, HostTensor> file, String name) {
    return Optional.ofNullable(file.get(name))
        .orElseThrow(() -> new AssertionError("The goldens have no " + name + "."));
  }

  private static void compare(Golden golden, HostTensor expected, HostTensor found) {
    String what = golden.name() + ": ";
    assertEquals(expected.dtype(), found.dtype(), what + "element type");
    assertEquals(expected.shape(), found.shape(), what + "shape");
    double[] right = expected.doubles();
    double[] ours = found.doubles();
    for (int i = 0; i < right.length; i++) {
      boolean equal =
          Double.compare(right[i], ours[i]) == 0
              || Math.abs(right[i] - ours[i])
                  <= golden.tolerance() * Math.max(1, Math.abs(right[i]));
      assertTrue(equal, what + "element " + i + " is " + ours[i] + ", PyTorch's is " + right[i]);
    }
  }

  private static Map<String, HostTensor> read(OperatorFamily family) throws URISyntaxException {
    var resource = OperatorGoldensTest.class.getResource(family.name() + ".safetensors");
    Map<String, HostTensor> read = new LinkedHashMap<>();
    try (Safetensors file = Safetensors.open(Path.of(resource.toURI()))) {
      for (Map.Entry<String, TensorInfo> e : file.tensors().entrySet()) {
        TensorInfo info = e.getValue();
        read.put(e.getKey(), HostTensor.of(info.dtype(), info.shape(), file.read(e.getKey())));
      }
    }
    return read;
  }
}
