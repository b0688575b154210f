package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SharedTensor;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tensors of a file for a layer, and the same with a mistake. */
record MethodTensors(Site site, Map<String, HostTensor> roles, Map<String, String> settings) {
  /** Copies its maps. */
  MethodTensors {
    roles = new TreeMap<>(roles);
    settings = new TreeMap<>(settings);
  }

  /** The tensor with this role. */
  HostTensor tensor(String role) {
    return Optional.ofNullable(roles.get(role)).orElseThrow();
  }

  /** Tensors as a dialect hands them to methods; keys begin with the name of the layer. */
  SiteTensors all() {
    SiteTensors all = new SiteTensors(site);
    roles.forEach((role, tensor) -> all.add(role, site.name() + "." + role, tensor));
    settings.forEach(all::set);
    return all;
  }

  /** The factors that one method alone finds. */
  Factors read() {
    return Methods.read(all()).get(0);
  }

  /** The host's reason for refusing them. */
  Optional<String> refusal() {
    try {
      Methods.read(all());
      return Optional.empty();
    } catch (AdapterException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** A copy with another tensor. */
  MethodTensors with(String role, HostTensor tensor) {
    Map<String, HostTensor> changed = new TreeMap<>(roles);
    changed.put(role, tensor);
    return new MethodTensors(site, changed, settings);
  }

  /** A copy with one tensor less. */
  MethodTensors without(String role) {
    Map<String, HostTensor> fewer = new TreeMap<>(roles);
    fewer.remove(role);
    return new MethodTensors(site, fewer, settings);
  }

  /** A copy with one more number in the last dimension of a tensor; two where there is one. */
  MethodTensors longer(String role) {
    HostTensor tensor = tensor(role);
    Shape shape = tensor.shape().rank() == 0 ? Shape.of(1) : tensor.shape();
    Shape larger = shape.with(-1, shape.size(-1) + 1);
    int bytes = Math.toIntExact(tensor.dtype().bytes(larger.elements()));
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return with(role, HostTensor.of(tensor.dtype(), larger, data.put(tensor.bytes()).rewind()));
  }

  /** A copy with one number less in the last dimension of a tensor. */
  MethodTensors shorter(String role) {
    HostTensor tensor = tensor(role);
    Shape smaller = tensor.shape().with(-1, tensor.shape().size(-1) - 1);
    return with(role, new SharedTensor(tensor).corner(smaller));
  }

  /** A copy with the second number of a tensor, or its only one, in place of another. */
  MethodTensors second(String role, double number) {
    HostTensor tensor = tensor(role);
    double[] values = tensor.doubles();
    values[Math.min(1, values.length - 1)] = number;
    return with(role, HostTensor.of(tensor.dtype(), tensor.shape(), values));
  }

  /** A copy with the second number of a tensor, or its only one, made another. */
  MethodTensors changed(String role) {
    HostTensor tensor = tensor(role);
    double[] values = tensor.doubles();
    double old = values[Math.min(1, values.length - 1)];
    // Half of alpha is a scale that all take; a number that is 0 may be a limit that is met.
    double other = role.equals(AdapterMethod.ALPHA) ? old / 2 : -old;
    return second(role, old == 0 ? 1e-3 : other);
  }
}
