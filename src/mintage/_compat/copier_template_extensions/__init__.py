"""A stand-in for the parts of `copier_template_extensions` that extensions of Copier templates import.

Only they can import it, and only if that package isn't installed.
"""

from mintage.formats.copier.extensions import ContextHook, TemplateExtensionLoader

__all__ = ["ContextHook", "TemplateExtensionLoader"]
