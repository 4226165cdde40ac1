"""Faults of the login service, with the texts it really uses where one was seen.

Source: WSAA technical specification, table of errors.
"""

from __future__ import annotations

#: Code to text. Where no real answer is known the specification's text stands.
LOGIN_FAULTS = {
    "coe.alreadyAuthenticated": (
        "El CEE ya posee un TA valido para el acceso al WSN solicitado"
    ),
    "coe.notAuthorized": "Computador no autorizado a acceder al servicio",
    "cms.bad": "El CMS no es valido",
    "cms.bad.base64": "No se puede decodificar el BASE64",
    "cms.cert.notFound": "No se ha encontrado certificado de firmador",
    "cms.sign.invalid": "Firma inválida o algoritmo no soportado",
    "cms.cert.expired": "Certificado expirado",
    "cms.cert.invalid": "Certificado con fecha de generacion posterior a la actual",
    "cms.cert.untrusted": "Certificado no emitido por AC de confianza",
    "xml.bad": "No se ha podido interpretar el XML contra el SCHEMA",
    "xml.source.invalid": (
        "El atributo 'source' no se corresponde con el DN del Certificado"
    ),
    "xml.destination.invalid": (
        "El atributo 'destination' no se corresponde con el DN del WSAA"
    ),
    "xml.version.notSupported": "La versión del documento no es soportada",
    "xml.generationTime.invalid": (
        "generationTime posee formato o dato inválido "
        "(ej: en el futuro o más de 24 horas de antigüedad)"
    ),
    "xml.expirationTime.expired": (
        "El tiempo de expiración es inferior a la hora actual"
    ),
    "xml.expirationTime.invalid": (
        "El tiempo de expiración del documento es superior a 24 horas"
    ),
    "wsn.unavailable": (
        "El servicio al que se desea acceder se encuentra momentáneamente fuera de "
        "servicio"
    ),
    "wsn.notFound": "Servicio informado inexistente",
    "wsaa.unavailable": (
        "El servicio de autenticación/autorización se encuentra momentáneamente fuera "
        "de servicio"
    ),
    "wsaa.internalError": "No se ha podido procesar el requerimiento",
}


class LoginRefused(Exception):
    """The login service answers with the fault of ``code``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = LOGIN_FAULTS[code]


class RegistryRefused(Exception):
    """The registry answers with a fault; ``validation`` says that it has a detail."""

    def __init__(
        self, text: str, *, validation: bool = False, code: str = "soap:Server"
    ) -> None:
        super().__init__(text)
        self.text = text
        self.validation = validation
        self.code = code
