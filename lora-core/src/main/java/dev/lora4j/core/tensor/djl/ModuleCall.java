package dev.lora4j.core.tensor.djl;

import ai.djl.pytorch.jni.IValue;
import dev.lora4j.core.tensor.TensorException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/*
 * DJL has two public ways to call a method of a module. One runs in inference mode, whose results
 * can never take part in a gradient. The other takes arrays only, builds its argument list again at
 * each call (1 us per weight), and keeps that list and all it refers to for ever when the call
 * fails. The native function below both is neither; it is not public, so it is reached by
 * reflection. It is the same in all versions of the engine that this library supports.
 */
/** Calls a module's method on lists that this library owns. */
final class ModuleCall {
  private static final MethodHandle RUN;
  private static final MethodHandle WRAP;

  static {
    try {
      Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
      MethodHandles.Lookup inside = MethodHandles.privateLookupIn(library, MethodHandles.lookup());
      Object instance = inside.findStaticGetter(library, "LIB", library).invoke();
      MethodType signature =
          MethodType.methodType(
              long.class, long.class, String.class, long[].class, boolean.class, boolean.class);
      RUN = inside.findVirtual(library, "moduleRunMethod", signature).bindTo(instance);
      MethodHandles.Lookup values =
          MethodHandles.privateLookupIn(IValue.class, MethodHandles.lookup());
      WRAP = values.findConstructor(IValue.class, MethodType.methodType(void.class, long.class));
    } catch (Throwable e) {
      throw new TensorException(
          "This version of DJL's PyTorch engine is not one that lora4j supports: " + e, e);
    }
  }

  private ModuleCall() {}

  /**
   * Runs method {@code run}; whether gradients are recorded is the thread's grad mode.
   *
   * @param inference whether nothing at all is recorded
   * @param arguments stay the caller's
   * @return to be closed by the caller
   */
  static IValue run(long module, boolean inference, IValue... arguments) {
    long[] handles = new long[arguments.length];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = arguments[i].getHandle();
    }
    try {
      long result = (long) RUN.invokeExact(module, "run", handles, !inference, false);
      return (IValue) WRAP.invokeExact(result);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
